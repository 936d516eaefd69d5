import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BrokerMessage, parsePattern, parseSubject, type WildcastError } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Ran, Thread } from '../src/components/thread.js'
import { realClock } from '../src/index.js'
import { componentThread } from '../src/node/thread/component-thread.js'

// The threads of components alone: when they start, and that none is left.

interface Open {
  readonly thread: Thread
  /** The connections of all running threads. */
  readonly alive: ReadonlySet<Socket>
  /** The number of threads so far. */
  began(): number
  readonly errors: string[]
  write(source: string): Promise<void>
  /** The same with a module that is not loaded before `letIn`. */
  writeWaiting(source: string): Promise<void>
  letIn(): void
}

/** A component that stays connected as long as its thread runs. */
async function open(source: string, timeoutMs = 30_000): Promise<Open> {
  const folder = await mkdtemp(path.join(import.meta.dirname, 'component-threads-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const alive = new Set<Socket>()
  let began = 0
  const server = createServer((socket) => {
    began++
    alive.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => alive.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const file = path.join(folder, 'component.mjs')
  const write = (text: string): Promise<void> =>
    writeFile(
      file,
      `import { connect } from 'node:net'\nconst line = connect(${port}, '127.0.0.1').on('error', () => {})\n${text}`,
    )
  const writeWaiting = (text: string): Promise<void> =>
    write(`await new Promise((resolve) => line.once('data', resolve))\n${text}`)
  const letIn = (): void => {
    for (const socket of alive) socket.write('in')
  }
  await write(source)
  const errors: string[] = []
  const start = { id: 'one', broker: 'main', pattern: parsePattern('a'), source: file, config: {} }
  const opening = componentThread({ start, timeoutMs, memoryMb: 64, clock: realClock })
  const thread = await opening((error) => errors.push(error.message))
  onTestFinished(() => thread.close())
  return { thread, alive, began: () => began, errors, write, writeWaiting, letIn }
}

const message = (payload: string): BrokerMessage => ({ subject: parseSubject('a'), payload })
const outcomeOf = async (ran: Promise<Ran>): Promise<unknown> => {
  const { outputs, error } = await ran.catch((error: WildcastError) => ({ outputs: [], error }))
  return error?.code ?? outputs[0]?.payload
}

const echo = (version = '') => `export default (message) => {
  if (message.text() === 'exit') process.exit(0)
  return { message: message.text() + '${version}' }
}`

describe("a component's thread", () => {
  it('that is reloaded during a restart is also restarted the next time', async () => {
    const { thread, alive, began, write, writeWaiting, letIn } = await open(echo())
    await writeWaiting(echo())
    await outcomeOf(thread.run(message('exit')))
    await expect.poll(began).toBe(2) // it is loading
    await write(echo())
    await thread.reload()
    letIn()
    await expect.poll(() => ({ began: began(), alive: alive.size })).toEqual({ began: 3, alive: 1 })
    await outcomeOf(thread.run(message('exit')))
    expect(await outcomeOf(thread.run(message('hi')))).toBe('hi')
  })

  it('runs messages that waited for a restart in the reloaded one', async () => {
    const { thread, alive } = await open(echo())
    expect(await outcomeOf(thread.run(message('exit')))).toBe('interrupted')
    const waiting = outcomeOf(thread.run(message('waited')))
    await thread.reload()
    expect(await waiting).toBe('waited')
    await expect.poll(() => alive.size).toBe(1)
  })

  it('is only the last one after several reloads at once', async () => {
    const { thread, alive, write } = await open(echo())
    const first = thread.reload()
    await write(echo(' again'))
    await Promise.all([first, thread.reload(), thread.reload()])
    expect(await outcomeOf(thread.run(message('hi')))).toBe('hi again')
    await expect.poll(() => alive.size).toBe(1)
  })

  it('does not stay behind if it is closed during a reload', async () => {
    const { thread, alive, began, writeWaiting } = await open(echo())
    await writeWaiting(echo())
    const reloading = thread.reload()
    await expect.poll(() => ({ began: began(), alive: alive.size })).toEqual({ began: 2, alive: 2 }) // it is loading
    await thread.close()
    await expect(reloading).rejects.toMatchObject({ code: 'interrupted' })
    await expect.poll(() => alive.size).toBe(0)
  })

  it('that is closed ends what still runs in the previous one', async () => {
    const { thread, alive } = await open(
      "export default (message) => message.text() === 'never' ? new Promise(() => {}) : {}",
    )
    const never = outcomeOf(thread.run(message('never')))
    const reloading = thread.reload()
    await expect.poll(async () => (await outcomeOf(thread.run(message('hi')))) !== undefined && alive.size).toBe(2)
    await thread.close()
    expect(await never).toBe('interrupted')
    await reloading
    await expect.poll(() => alive.size).toBe(0)
  })

  it('that is closed during a restart returns waiting messages', async () => {
    const { thread } = await open(echo())
    await outcomeOf(thread.run(message('exit')))
    const waiting = outcomeOf(thread.run(message('waited')))
    await thread.close()
    expect(await waiting).toBe('interrupted')
  })

  it.each([
    ['undefined', 'throw undefined'],
    ['an error without text', 'throw Object.assign(new Error(), { message: { toString: 1 } })'],
    ['an object without a prototype', 'throw Object.create(null)'],
  ])('does not harm the relay if it throws %s', async (_, throws) => {
    const { thread } = await open(`export default (message) => {
      if (message.text() === 'now') ${throws}
      if (message.text() === 'later') return new Promise(() => setImmediate(() => { ${throws} }))
      return { message: 'fine' }
    }`)
    expect(await outcomeOf(thread.run(message('now')))).toBe('internal')
    expect(await outcomeOf(thread.run(message('later')))).toBe('interrupted')
    expect(await outcomeOf(thread.run(message('hi')))).toBe('fine')
  })

  it('does not harm the relay if it fails with invalid outputs', async () => {
    const failedWith = pathToFileURL(path.join(import.meta.dirname, '../dist/components/failed-with.js'))
    const { thread, errors, began } = await open(`import { FailedWith } from '${failedWith}'
      export default (message) => {
        if (message.text() === 'fail')
          throw new FailedWith(new Error('broken'), [{ message: 'x'.repeat(9_000_000) }, 1])
        return { message: 'fine' }
      }`)
    expect(await outcomeOf(thread.run(message('fail')))).toBe('internal')
    expect(await outcomeOf(thread.run(message('hi')))).toBe('fine')
    expect(errors).toEqual([])
    expect(began()).toBe(1)
  })

  it.each(['undefined', 'null', "'ready'"])('does not harm the relay if it posts %s itself', async (words) => {
    const { thread } = await open(`import { parentPort } from 'node:worker_threads'
      export default () => { parentPort.postMessage(${words}); return { message: 'fine' } }`)
    expect(await outcomeOf(thread.run(message('hi')))).toBe('fine')
  })

  it('is not ended for messages that took too long and then ended', async () => {
    const { thread, errors, began } = await open(
      `const held = []
      export default (message) => new Promise((resolve) => {
        if (message.text() === 'slow') return held.push(resolve)
        for (const release of held.splice(0)) release()
        setImmediate(() => resolve({ message: 'released' }))
      })`,
      500,
    )
    for (let round = 0; round < 2; round++) {
      const runs = Array.from({ length: 60 }, () => outcomeOf(thread.run(message('slow'))))
      expect(new Set(await Promise.all(runs))).toEqual(new Set(['timeout']))
      expect(await outcomeOf(thread.run(message('release')))).toBe('released')
    }
    expect(errors).toEqual([])
    expect(began()).toBe(1)
  })
})
