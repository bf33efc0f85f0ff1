/** What a command stands on. `Door` is the part of the house that the command needs and nothing more. */
import { type Command, Option } from 'commander'
import { flagOf, SETTINGS, type SettingFlags, type SettingName } from '../settings.js'
import type { Terminal } from './terminal.js'

export interface Stage<Door> {
  readonly terminal: Terminal
  /** Aborted when the person at the terminal gives up. */
  readonly signal: AbortSignal
  /** Opens the house that the settings describe, works in it and closes it whatever happens. */
  inside<T>(flags: SettingFlags, work: (door: Door) => Promise<T>): Promise<T>
}

/** Settings that decide which catalogue a command works on. */
export const STORE_SETTINGS: readonly SettingName[] = [
  'CIRCUITQL_STORE',
  'CIRCUITQL_NEO4J_USER',
  'CIRCUITQL_NEO4J_PASSWORD',
  'CIRCUITQL_NEO4J_DATABASE',
  'CIRCUITQL_NEO4J_NAMESPACE',
  'CIRCUITQL_RELATIONSHIP_LIMIT',
  'CIRCUITQL_DATA',
  'CIRCUITQL_LOG',
]

/** Gives a command the flags of the settings it obeys, under a heading of their own. */
export function withSettings(command: Command, names: readonly SettingName[] = STORE_SETTINGS): Command {
  for (const { name, value, help } of SETTINGS) {
    if (!names.includes(name)) continue
    const option = new Option(`--${flagOf(name)} <${value}>`, help)
    command.addOption(option.helpGroup('Settings (default in brackets; the variable is in the README):'))
  }
  return command
}

/** The setting flags that were given to a command. */
export function settingFlags(command: Command): SettingFlags {
  const given: Record<string, string> = {}
  for (const { name } of SETTINGS) {
    const option = command.options.find(({ long }) => long === `--${flagOf(name)}`)
    const value: unknown = option && command.getOptionValue(option.attributeName())
    if (typeof value === 'string') given[flagOf(name)] = value
  }
  return given
}
