import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import type { Readable } from 'node:stream'
import { atExit } from './at-exit.js'
import { programFile } from './program-file.js'

/** One run of a program. */
export interface Child {
  readonly process: ChildProcessByStdio<null, Readable, Readable>
  /**
   * Waits for this output after the last awaited one. Rejects with the output if the program ends
   * before.
   */
  says(wanted: RegExp): Promise<RegExpExecArray>
  /** Sends a signal. Resolves when the program has ended and all its output was read. */
  end(signal: NodeJS.Signals): Promise<void>
}

/**
 * Starts a program that ends with the test process. Keeps the last `keep` characters of its output.
 */
export function startChild(name: string, args: readonly string[], keep = 20_000): Child {
  const child = spawn(programFile(name), args, { stdio: ['ignore', 'pipe', 'pipe'] })
  // Not 'exit', after which there may still be output.
  const closed = once(child, 'close')
  atExit(() => child.kill('SIGKILL'))

  const news = new EventEmitter()
  let unread = ''
  let ended = false
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      unread = (unread + text).slice(-keep)
      news.emit('news')
    })
  child.on('close', () => {
    ended = true
    news.emit('news')
  })

  return {
    process: child,
    async says(wanted) {
      for (;;) {
        const found = wanted.exec(unread)
        if (found) {
          unread = unread.slice(found.index + found[0].length)
          return found
        }
        if (ended) throw new Error(`${name} ended before it wrote ${wanted}:\n${unread}`)
        await once(news, 'news')
      }
    },
    async end(signal) {
      child.kill(signal)
      await closed
    },
  }
}

/** Runs a program to its end. Resolves with its output, or rejects with its errors. */
export function runToEnd(name: string, args: readonly string[], input: string | Uint8Array = ''): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { encoding: 'buffer', maxBuffer: Number.POSITIVE_INFINITY } as const
    const child = execFile(programFile(name), args, options, (error, out) => (error ? reject(error) : resolve(out)))
    atExit(() => child.kill('SIGKILL'))
    // It may end without reading its input.
    child.stdin?.on('error', () => {}).end(input)
  })
}
