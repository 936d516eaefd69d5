import { describe, expect, test } from 'vitest'
import { readEvents, type ServerEvent } from './read-events.js'

async function read(...chunks: Uint8Array[]): Promise<ServerEvent[]> {
  const seen: ServerEvent[] = []
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  await readEvents(body, (event) => seen.push(event))
  return seen
}

const bytes = new TextEncoder().encode(
  'data: {"a":"ä€"}\n\n: a comment\n\nevent: close\ndata: {"code":4408}\n\ndata: cut',
)
const events: ServerEvent[] = [
  { data: '{"a":"ä€"}', isClose: false },
  { data: '{"code":4408}', isClose: true },
]

describe('the events of an answer', () => {
  test('are the same for any two chunks', async () => {
    for (let at = 0; at <= bytes.length; at++)
      expect(await read(bytes.subarray(0, at), bytes.subarray(at)), `cut at ${at}`).toEqual(events)
  })
  test('are the same byte by byte', async () => {
    expect(await read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(events)
  })
  test('are read no further when the callback throws', async () => {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(bytes) })
    const refuse = (): never => {
      throw new Error('no JSON')
    }
    await expect(readEvents(body, refuse)).rejects.toThrow('no JSON')
  })
})
