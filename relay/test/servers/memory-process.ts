import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { atExit } from './at-exit.js'
import { temporaryFolder } from './temporary-folder.js'

/** The process of a memory broker, as a primary starts it. */
export interface MemoryProcess {
  /** The Unix socket that it listens on. */
  readonly socket: string
  /** Ends it as a crash would. */
  kill(): Promise<void>
  /** Starts another process in its place. */
  restart(): Promise<void>
  /** It no longer answers, but its connections stay open. */
  pause(): void
}

const main = path.resolve(import.meta.dirname, '../../dist/node/workers/memory-main.js')

export async function startMemory(): Promise<MemoryProcess> {
  const folder = temporaryFolder()
  const socket = path.join(folder, 'memory.0')
  let child: ChildProcess

  async function restart(): Promise<void> {
    child = fork(main, { serialization: 'advanced', execArgv: [] })
    const started = child
    atExit(() => started.kill('SIGKILL'))
    child.send({ kind: 'begin', task: { folder, brokers: [{ name: 'main', socket }] } })
    await once(child, 'message')
  }

  await restart()
  return {
    socket,
    restart,
    async kill() {
      const ended = once(child, 'close')
      child.kill('SIGKILL')
      await ended
    },
    pause: () => void child.kill('SIGSTOP'),
  }
}
