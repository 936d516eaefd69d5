import { type Child, startChild } from './child.js'
import { freePort } from './free-port.js'
import { untilStopped } from './until-stopped.js'

/** A real server in a process of its own. Its ports, configuration and data outlive a restart. */
export interface Program {
  /** On 127.0.0.1. */
  readonly port: number
  /** A second port, for what it offers beside its protocol. */
  readonly sidePort: number
  /** Ends it as a crash would. */
  kill(): Promise<void>
  /** Ends it as an operator would; does nothing where it has ended. */
  stop(): Promise<void>
  /** Starts it again, after stopping it where it runs, and waits until it is ready. */
  restart(): Promise<void>
  /** It answers no more, while its connections stand. */
  pause(): Promise<void>
  resume(): void
  signal(signal: NodeJS.Signals): void
  /**
   * Waits until it has said this, since its start or what was awaited last; fails where it ends
   * before.
   */
  says(wanted: RegExp): Promise<RegExpExecArray>
  /** The last of what it said, in all its runs. */
  log(): string
}

export interface ProgramOptions {
  readonly name: string
  /** Called once for each pair of ports that is tried: the place to write a configuration file. */
  readonly args: (port: number, sidePort: number) => readonly string[]
  /**
   * What it says once it takes connections. Better than to dial: at a port that was taken
   * meanwhile, somebody else answers.
   */
  readonly ready: RegExp
  /** How much of its log is kept, in characters; 20 000 by default. */
  readonly keep?: number
}

const triesForPorts = 5
const startTimeoutMs = 120_000
const stopTimeoutMs = 30_000

/**
 * Starts a server on free ports and waits until it is ready. Whoever starts it stops it; at the
 * latest it ends with the test process.
 */
export async function startProgram({ name, args, ready, keep = 20_000 }: ProgramOptions): Promise<Program> {
  let log = ''

  async function start(words: readonly string[]): Promise<Child> {
    const child = startChild(name, words, keep)
    for (const stream of [child.process.stdout, child.process.stderr])
      stream.on('data', (text: string) => {
        log = (log + text).slice(-keep)
      })
    // A start that hangs fails as one that ends: with its log.
    const late = setTimeout(() => child.process.kill('SIGKILL'), startTimeoutMs)
    await child.says(ready).finally(() => clearTimeout(late))
    return child
  }

  async function place(
    tries: number,
  ): Promise<{ child: Child; port: number; sidePort: number; words: readonly string[] }> {
    const [port, sidePort] = [await freePort(), await freePort()]
    const words = args(port, sidePort)
    try {
      return { child: await start(words), port, sidePort, words }
    } catch (error) {
      if (tries > 1 && /address already in use/i.test(log)) return place(tries - 1)
      throw error
    }
  }

  const { port, sidePort, words, child: first } = await place(triesForPorts)
  let child = first

  async function stop(): Promise<void> {
    const late = setTimeout(() => child.process.kill('SIGKILL'), stopTimeoutMs)
    // One that is paused hears nothing else.
    child.process.kill('SIGCONT')
    await child.end('SIGTERM').finally(() => clearTimeout(late))
  }

  return {
    port,
    sidePort,
    stop,
    kill: () => child.end('SIGKILL'),
    async restart() {
      await stop()
      child = await start(words)
    },
    async pause() {
      child.process.kill('SIGSTOP')
      if (child.process.pid) await untilStopped(child.process.pid)
    },
    resume: () => void child.process.kill('SIGCONT'),
    signal: (signal) => void child.process.kill(signal),
    says: (wanted) => child.says(wanted),
    log: () => log,
  }
}
