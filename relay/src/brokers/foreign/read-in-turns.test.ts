import { PassThrough, Readable, Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { readInTurns } from './read-in-turns.js'

const piece = Buffer.alloc(64 * 1024)

/** A stream that always has more, and turns that end when a test says so. */
function opened() {
  const ends: (() => void)[] = []
  const stream = new Readable({ read: () => void stream.push(piece) })
  readInTurns(stream, { endOfTurn: (run) => void ends.push(run) })
  let read = 0
  stream.on('data', () => read++)
  return { stream, endTurn: () => ends.shift()?.(), read: () => read }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('one whole piece is read in each turn', async () => {
  const { endTurn, read } = opened()
  for (let turn = 1; turn <= 3; turn++) {
    await settled()
    expect(read()).toBe(turn)
    endTurn()
  }
})

it('a stream that its reader has paused stays so until its reader resumes it', async () => {
  const { stream, endTurn, read } = opened()
  await settled()
  stream.pause()
  endTurn()
  await settled()
  expect(read()).toBe(1)
  stream.resume()
  await settled()
  expect(read()).toBe(2)
})

it('a stream that is piped waits for its turn and for what it is piped to', async () => {
  const { stream, endTurn, read } = opened()
  const taken: (() => void)[] = []
  stream.pipe(new Writable({ write: (_chunk, _encoding, done) => void taken.push(done) }))
  await settled()
  expect(read()).toBe(1)
  endTurn()
  await settled()
  expect(read()).toBe(1) // the first piece is not taken yet
  taken.shift()?.()
  await settled()
  expect(read()).toBe(2)
  taken.shift()?.()
  await settled()
  expect(read()).toBe(2) // its turn has not come
})

it('small pieces are read as they come', async () => {
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
