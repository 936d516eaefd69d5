import { PassThrough, Readable, Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { readInTurns } from './read-in-turns.js'

const chunk = Buffer.alloc(64 * 1024)

/** An endless stream, and turns that a test ends. */
function openStream() {
  const ends: (() => void)[] = []
  const stream = new Readable({ read: () => void stream.push(chunk) })
  readInTurns(stream, { endOfTurn: (run) => void ends.push(run) })
  let read = 0
  stream.on('data', () => read++)
  return { stream, endTurn: () => ends.shift()?.(), read: () => read }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('a full chunk is read in each turn', async () => {
  const { endTurn, read } = openStream()
  for (let turn = 1; turn <= 3; turn++) {
    await settled()
    expect(read()).toBe(turn)
    endTurn()
  }
})

it('a stream that its reader has paused stays paused until its reader resumes it', async () => {
  const { stream, endTurn, read } = openStream()
  await settled()
  stream.pause()
  endTurn()
  await settled()
  expect(read()).toBe(1)
  stream.resume()
  await settled()
  expect(read()).toBe(2)
})

it('a piped stream waits for the next turn and for its destination', async () => {
  const { stream, endTurn, read } = openStream()
  const accepted: (() => void)[] = []
  stream.pipe(new Writable({ write: (_chunk, _encoding, done) => void accepted.push(done) }))
  await settled()
  expect(read()).toBe(1)
  endTurn()
  await settled()
  expect(read()).toBe(1) // the destination has not accepted the first chunk
  accepted.shift()?.()
  await settled()
  expect(read()).toBe(2)
  accepted.shift()?.()
  await settled()
  expect(read()).toBe(2) // the turn has not ended
})

it('small chunks are read as they arrive', async () => {
  const source = new PassThrough()
  readInTurns(source, { endOfTurn: () => {} })
  let read = 0
  source.on('data', () => read++)
  for (let i = 0; i < 10; i++) {
    source.write('small')
    await settled()
  }
  expect(read).toBe(10)
})
