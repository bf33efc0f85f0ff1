/** What stands before a statement: nothing, other statements of a module, or the head of a function. */
import type { Surrounding } from '../paired-task.js'

export const IN_MODULE: readonly Surrounding[] = [
  { name: 'alone', text: '', indent: '' },
  { name: 'after an import', text: 'import ‹module9›\n\n', indent: '' },
  { name: 'after a comment', text: '# ‹phrase9›\n', indent: '' },
  { name: 'after an assignment', text: '‹variable9› = ‹number9›\n', indent: '' },
  { name: 'after a call', text: '‹call9›(‹number9›)\n', indent: '' },
]

export const IN_FUNCTION: readonly Surrounding[] = [
  { name: 'in a function', text: 'def ‹function9›(‹argument9›):\n', indent: '    ' },
  {
    name: 'in a function, after an assignment',
    text: 'def ‹function9›(‹argument9›):\n    ‹variable9› = ‹argument9›\n',
    indent: '    ',
  },
  {
    name: 'in a function, after its docstring',
    text: 'def ‹function9›(‹argument9›):\n    """‹phrase9›"""\n',
    indent: '    ',
  },
  {
    name: 'in a method',
    text: 'class ‹className9›:\n    def ‹function9›(self):\n',
    indent: '        ',
  },
  {
    name: 'in a method, after an assignment',
    text: 'class ‹className9›:\n    def ‹function9›(self, ‹argument9›):\n        self.‹attribute9› = ‹number9›\n',
    indent: '        ',
  },
]

export const ANYWHERE: readonly Surrounding[] = [...IN_MODULE, ...IN_FUNCTION]
