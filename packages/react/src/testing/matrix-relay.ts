import type { ClientFrame, RelayFrame } from '@wildcast/protocol'
import { connectToValues, type ValueRelay } from '../../../client/src/testing/value-relay.js'

/** Creates a client that is online, at a relay that keeps values, has a history, and answers. */
export async function connectToAll(): Promise<ValueRelay> {
  const connected = await connectToValues()
  const { relay } = connected
  const { answer } = relay
  relay.answer = (frame) => {
    if (frame.kind === 'Request') return { kind: 'Response', ref: frame.ref, message: '3' }
    if (frame.kind !== 'Subscribe' || !frame.last) return answer(frame)
    const { ref } = frame
    queueMicrotask(() => {
      for (const one of historyOf(ref)) if (relay.link.closedWith === 'open') relay.link.send(one)
    })
    return 'nothing'
  }
  return connected
}

function historyOf(ref: number = 0): readonly RelayFrame[] {
  const [id, subject, position] = [900, 'room.1', 't-1']
  return [
    { kind: 'Subscribed', ref, id, subject, position, whole: true },
    { kind: 'Message', ref, id, subject, position, message: 'old', replayed: true, broker: 'test' },
    { kind: 'Synced', ref, id },
  ]
}

/** Refuses everything that can be refused. */
export function refuseAll({ relay }: ValueRelay): void {
  const { answer } = relay
  relay.answer = (frame: ClientFrame) =>
    'ref' in frame && frame.ref !== undefined
      ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
      : answer(frame)
}
