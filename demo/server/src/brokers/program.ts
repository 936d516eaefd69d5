import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface ProgramOptions {
  readonly file: string
  readonly args: readonly string[]
  /** The program prints this when it accepts connections. */
  readonly ready: RegExp
}

/** A server that is started and ended, and started again with the same arguments. */
export interface Program {
  /** Resolves when it accepts connections; rejects with its output if it ends before. */
  start(): Promise<void>
  /** Ends it without notice, as a crash does. */
  kill(): Promise<void>
}

const keptOutput = 4000

/** Ends with this process at the latest. */
export function openProgram({ file, args, ready }: ProgramOptions): Program {
  let child: ChildProcess | undefined
  process.on('exit', () => child?.kill('SIGKILL'))
  const hasEnded = (): boolean => !child || child.exitCode !== null || child.signalCode !== null

  return {
    start() {
      if (!hasEnded()) return Promise.resolve()
      const started = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      child = started
      return untilReady(started, ready)
    },
    async kill() {
      if (!child || hasEnded()) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

function untilReady(child: ChildProcess, ready: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-keptOutput)
        if (ready.test(output)) resolve()
      })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${child.spawnfile} has ended:\n${output}`)))
  })
}
