/** A file whose name says input is read, one whose name says output is written. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const withOpen: PairedTask = {
  name: 'with_open',
  version: '1',
  language: 'PYTHON',
  description: 'Open a file for reading or for writing, by its name.',
  roles: { fileName: 'The part of the name that says what the file is for.' },
  answers: ['r', 'w'],
  aligned: false,
  surroundings: ANYWHERE,
  forms: [
    {
      name: 'with',
      text: "with open('«fileName:‹input›¦‹output›».‹extension›', '▸') as ‹handle›:\n    ‹call›(‹handle›)\n",
    },
    { name: 'assigned', text: "‹handle› = open('«fileName:‹input›¦‹output›».‹extension›', '▸')\n" },
    {
      name: 'in a folder',
      text: "with open('‹folder›/«fileName:‹input›¦‹output›».‹extension›', '▸') as ‹handle›:\n    ‹call›(‹handle›)\n",
    },
    {
      name: 'after another statement',
      text: "‹variable› = ‹number›\nwith open('«fileName:‹input›¦‹output›».‹extension›', '▸') as ‹handle›:\n    ‹call›(‹variable›)\n",
    },
    { name: 'argument', text: "‹call›(open('«fileName:‹input›¦‹output›».‹extension›', '▸'))\n" },
    {
      name: 'assigned, in a folder',
      text: "‹handle› = open('‹folder›/«fileName:‹input›¦‹output›».‹extension›', '▸')\n",
    },
    {
      name: 'attribute',
      text: "‹variable›.‹attribute› = open('«fileName:‹input›¦‹output›».‹extension›', '▸')\n",
      heldOut: true,
    },
    {
      name: 'in a loop',
      text: "for ‹item› in ‹source›:\n    with open('«fileName:‹input›¦‹output›».‹extension›', '▸') as ‹handle›:\n        ‹call›(‹item›)\n",
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 190,
}
