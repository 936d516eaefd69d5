import { memory } from '../brokers/memory.js'
import type { HistoryRule } from '../core/history-rules.js'
import { newId } from '../node/new-id.js'
import { memoryStore } from '../stores/memory/memory-store.js'
import { type FakeClock, fakeClock } from './fake-clock.js'
import { type ConnectedLine, type LineFrame, lineRelay } from './line-relay.js'
import { settled } from './scripted-link.js'

/** A client of a relay whose broker keeps messages. Confirmations of its frames are left out. */
export interface HistoryClient extends ConnectedLine {
  /** Sends a frame. Resolves with the frames that the relay has sent since the last call. */
  sends(frame: unknown): Promise<LineFrame[]>
  /** Publishes a message. Resolves with its position. */
  publish(subject: string, message: string): Promise<string>
}

/** A relay without sockets whose memory broker `main` keeps messages. */
export interface HistoryRelay {
  readonly clock: FakeClock
  client(): HistoryClient
}

/** Opens such a relay. */
export async function historyRelay(rules: readonly HistoryRule[]): Promise<HistoryRelay> {
  const clock = fakeClock()
  const main = memory({ clock, newId, store: memoryStore({ clock, rules }) })
  const { connected } = await lineRelay({ brokers: { main }, clock })
  let ref = 1000
  return {
    clock,
    client() {
      const line = connected()
      const received = (): LineFrame[] => line.received().filter((frame) => frame.Received === undefined)
      const sends = async (frame: unknown): Promise<LineFrame[]> => {
        line.send(frame)
        await settled()
        return received()
      }
      return {
        ...line,
        received,
        sends,
        async publish(subject, message) {
          const [answer] = await sends({ Publish: { ref: ++ref, subject, message } })
          return String(answer?.Ack?.position)
        },
      }
    },
  }
}

/** The messages among frames, each as `payload`, or `payload!` if it is replayed. */
export const messagesOf = (frames: readonly LineFrame[]): string[] =>
  frames.flatMap(({ Message }) => (Message ? `${Message.message}${Message.replayed ? '!' : ''}` : []))

/** The kinds of frames. */
export const kindsOf = (frames: readonly LineFrame[]): string[] => frames.flatMap((frame) => Object.keys(frame))
