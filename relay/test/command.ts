import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** The command as users run it: built (see build-command.ts), in its own process. */
export const wildcast = path.resolve(import.meta.dirname, '../bin/wildcast.js')

export interface Surroundings {
  readonly cwd?: string
  /** Besides `PATH`, which is all that it has otherwise. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

/** Starts `wildcast`; it ends with the test. */
export function start(args: readonly string[], { cwd, env, stdin = '' }: Surroundings = {}): ChildProcess {
  const child = spawn(process.execPath, [wildcast, ...args], { cwd, env: { PATH: process.env.PATH, ...env } })
  child.stdin?.end(stdin)
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Runs it to the end. */
export async function run(
  args: readonly string[],
  surroundings?: Surroundings,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = start(args, surroundings)
  const [out, err, [code]] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    once(child, 'exit') as Promise<[number | null]>,
  ])
  return { code, out, err }
}

/** Waits until the output of a stream matches `times` times. Resolves with all its output. */
export async function says(stream: NodeJS.ReadableStream | null, wanted: RegExp, times = 1): Promise<string> {
  const found = new RegExp(wanted, 'gm')
  let output = ''
  for await (const chunk of stream ?? []) {
    output += String(chunk)
    if ((output.match(found)?.length ?? 0) >= times) return output
  }
  throw new Error(`ended without ${wanted}: ${output}`)
}

const greeting = /^Wildcast is up: https?:\/\/\S+:(\d+)(?: .*)?\n/gm

/** The ports in the output of a relay, once there are `count`. */
export async function portsOf(child: ChildProcess, count: number): Promise<readonly number[]> {
  return [...(await says(child.stdout, greeting, count)).matchAll(greeting)].map(([, port]) => Number(port))
}

/** A folder with one file, to run commands in. */
export async function folderWith(name: string, content: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(path.join(folder, name), content)
  return folder
}
