import { readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { isTable } from '../config/schema/table.js'
import { controlFolder } from './control-folder.js'
import type { ControlAnswer } from './control-socket.js'

/**
 * Asks every relay that runs this configuration to reload. Resolves with the answers of those that
 * run.
 */
export async function askReload(file: string): Promise<readonly ControlAnswer[]> {
  const { folder, prefix } = await controlFolder(file)
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix))
  const answers = await Promise.all(names.map((name) => ask(path.join(folder, name))))
  return answers.flatMap((answer) => answer ?? [])
}

/** Resolves with undefined if no relay listens. */
async function ask(socketPath: string): Promise<ControlAnswer | undefined> {
  const socket = connect(socketPath)
  try {
    return answerOf(JSON.parse(await text(socket)))
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause))
      return { failed: true, lines: ['the relay ended while it reloaded'] }
    // A relay that was killed leaves its socket behind.
    if (cause.code === 'ECONNREFUSED') await rm(socketPath, { force: true })
    return undefined
  }
}

function answerOf(value: unknown): ControlAnswer {
  const { failed, lines } = isTable(value) ? value : {}
  if (typeof failed !== 'boolean' || !Array.isArray(lines))
    return { failed: true, lines: ['the relay is of another version of Wildcast; restart it'] }
  return { failed, lines: lines.map(String) }
}
