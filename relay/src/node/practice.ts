import { memory } from '../brokers/memory.js'
import { realClock } from '../core/clock.js'
import { createRelay } from '../core/relay.js'
import type { Dialect, Line } from '../gateways/websocket/dialect.js'
import { v1Codecs } from '../gateways/websocket/encoders.js'
import { v1 } from '../gateways/websocket/v1.js'
import { newId } from './new-id.js'

/** Messages for each codec. With fewer of them V8 has not compiled all that is worth it. */
const messages = 6400
/** Messages of one turn. */
const inTurn = 32

/**
 * Carries messages that nobody sent, through a relay that nobody sees, beside whatever else begins, so that V8 compiles the road of a message early: the first few thousand take several times as
 * long otherwise, and after a restart everybody comes at once. See docs/decisions/0013.
 */
export async function practice(): Promise<void> {
  const relay = await createRelay({ brokers: { main: memory({ clock: realClock, newId }) }, newId, onError: () => {} })
  for (const { codec, encoders } of v1Codecs.values()) {
    const open = (): Dialect => v1(codec, encoders.plain)(relay, nowhere)
    const [reader, other, publisher] = [open(), open(), open()]
    for (const dialect of [reader, other]) dialect.receive(codec.encode({ kind: 'Subscribe', subject: 'practice.*' }))
    await endOfTurn()
    const frame = codec.encode({ kind: 'Publish', subject: 'practice.run', message: 'x'.repeat(100) })
    for (let sent = 0; sent < messages; sent += inTurn) {
      for (let i = 0; i < inTurn; i++) publisher.receive(frame)
      await endOfTurn()
    }
    for (const dialect of [reader, other, publisher]) dialect.close()
  }
  await relay.close()
}

/** A line whose other end hears nothing. */
const nowhere: Line = {
  waiting: 0,
  write: () => true,
  whenDrained: () => {},
  ping: () => {},
  pause: () => () => {},
  end: () => {},
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => realClock.endOfTurn(resolve))
}
