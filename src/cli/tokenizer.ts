import { type Command, InvalidArgumentError } from 'commander'
import type { TokenizerTrainer } from '../application/ports/tokenizer-trainer.js'
import { json } from './output.js'
import { type Stage, settingFlags, withSettings } from './stage.js'

interface TrainOptions {
  readonly size: number
  readonly output: string
  readonly templates: number
  readonly python: string
  readonly json?: boolean
}

/** `circuitql tokenizer train FOLDER`: a byte-pair tokenizer for models of Python. */
export function addTokenizer(program: Command, stage: Stage<TokenizerTrainer>): void {
  const command = program
    .command('tokenizer')
    .description('tokenizers of models that read text')
    .command('train')
    .description(
      'train a byte-pair tokenizer on the Python files of a folder, with the library `tokenizers` of Hugging Face in a private Python environment',
    )
    .argument('<FOLDER>', 'links, hidden folders and files over a megabyte are left out')
    .option('--size <PIECES>', 'pieces of the vocabulary', number, 2048)
    .option('-o, --output <FILE>', 'where it is written', 'tokenizer.json')
    .option('--templates <SHARE>', 'share of the text that is programs of task templates', number, 0.1)
    .option('--python <PATH>', 'Python 3.10 or newer, used to make the environment', 'python3')
    .option('--json', 'one JSON object')
  withSettings(command, ['CIRCUITQL_STORE', 'CIRCUITQL_DATA'])
  command.action(async (folder: string, { json: asJson, templates, ...options }: TrainOptions) => {
    const record = await stage.inside(settingFlags(command), (door) =>
      door.trainTokenizer(
        { ...options, folder, templateShare: templates },
        { signal: stage.signal, say: (message) => stage.terminal.message(`${message}\n`) },
      ),
    )
    if (asJson) return stage.terminal.result(json(record))
    stage.terminal.message(
      `${record.vocabulary} pieces from ${record.files} files (${record.bytes} bytes) and ${record.templates} templates, by ${record.library}\n`,
    )
    stage.terminal.result(`${record.output}\n`)
  })
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Not a number.')
  return value
}
