import type { Command } from 'commander'
import { environmentOf, SETTINGS, settingsFrom } from '../settings.js'
import { settingFlags, withSettings } from './stage.js'

/** Runs the server with these variables on top of ours until it ends; gives back its exit status. */
export type RunServer = (environment: Readonly<Record<string, string>>) => Promise<number>

/** `circuitql serve`: the same server as `npm start`. Its exit status becomes ours through `setStatus`. */
export function addServe(program: Command, runServer: RunServer, setStatus: (status: number) => void): void {
  const command = program.command('serve').description('serve the GraphQL API')
  const everySetting = SETTINGS.map(({ name }) => name)
  withSettings(command, everySetting).action(async () => {
    const flags = settingFlags(command)
    // Refused here, a wrong flag is named as the flag that it is.
    settingsFrom(process.env, flags)
    setStatus(await runServer(environmentOf(flags)))
  })
}
