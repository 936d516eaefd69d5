import { type Child, startChild } from './child.js'
import { freePort } from './free-port.js'
import { untilStopped } from './until-stopped.js'

/** A real server in a process of its own. Its ports, configuration and data outlive a restart. */
export interface Program {
  /** On 127.0.0.1. */
  readonly port: number
  /** A second port, for what it offers besides its protocol. */
  readonly sidePort: number
  /** Ends it as a crash would. */
  kill(): Promise<void>
  /** Ends it as an operator would. Does nothing if it has ended. */
  stop(): Promise<void>
  /** Stops it if it runs, and starts it again. Resolves when it is ready. */
  restart(): Promise<void>
  /** It no longer answers, but its connections stay open. */
  pause(): Promise<void>
  resume(): void
  signal(signal: NodeJS.Signals): void
  /** Waits for this output, after its start or the last awaited one. Rejects if it ends before. */
  says(wanted: RegExp): Promise<RegExpExecArray>
  /** The last part of its output, from all runs. */
  log(): string
}

export interface ProgramOptions {
  readonly name: string
  /** Called once for each pair of ports that is tried: may write a configuration file. */
  readonly args: (port: number, sidePort: number) => readonly string[]
  /**
   * Its output when it accepts connections. Dialing instead could reach another server, on a port
   * that was taken meanwhile.
   */
  readonly ready: RegExp
  /** The length of its log, in characters. @default 20000 */
  readonly keep?: number
}

const triesForPorts = 5
const startTimeoutMs = 120_000
const stopTimeoutMs = 30_000

/**
 * Starts a server on free ports. Resolves when it is ready. The caller stops it; it also ends with
 * the test process.
 */
export async function startProgram({ name, args, ready, keep = 20_000 }: ProgramOptions): Promise<Program> {
  let log = ''

  async function start(words: readonly string[]): Promise<Child> {
    const child = startChild(name, words, keep)
    for (const stream of [child.process.stdout, child.process.stderr])
      stream.on('data', (text: string) => {
        log = (log + text).slice(-keep)
      })
    // A start that hangs fails like one that ends: with its log.
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
    // A paused process receives no other signal.
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
