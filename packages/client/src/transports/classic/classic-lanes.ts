import {
  type ClientFrame,
  type Codec,
  type MessageFrame,
  type Pattern,
  type RawFrame,
  readRelayFrame,
  type Subject,
  WildcastError,
} from '@wildcast/protocol/client'
import { intersects, SubjectTree } from '@wildcast/protocol/subjects'
import type { Undo } from '../../time/clock.js'
import type { TransportEvents, TransportSettings } from '../transport.js'
import { openSocket } from '../websocket.js'

type Deliver = (frame: MessageFrame) => void

/** A socket whose patterns have no subject in common. */
interface Lane {
  readonly patterns: Map<Pattern, Set<Deliver>>
  readonly tree: SubjectTree<Set<Deliver>>
  /** Calls `run` now or when the socket opens. */
  whenOpen(run: () => void): void
  /** Encodes a frame now. Returns a function that sends it. */
  prepare(frame: ClientFrame): () => void
  close(code?: number): void
}

/**
 * Sockets to a server that sends one copy of a message for each matching subscription, without an
 * id. The patterns of one socket don't intersect, so the only matching one identifies the
 * subscription. A pattern that overlaps with a pattern on every socket gets a new socket.
 */
export interface ClassicLanes {
  /** Encodes a frame now, which may throw. Returns a function that sends it on the first socket. */
  prepare(frame: ClientFrame): () => void
  /**
   * Subscribes unless the pattern is subscribed already, then calls `sent`. The undo is local,
   * since the dialect has no Unsubscribe.
   */
  listen(pattern: Pattern, deliver: Deliver, sent: () => void): Undo
  close(code?: number): void
}

/** Opens the first lane, and others when needed. If one closes, all are closed. */
export function openLanes(settings: TransportSettings, events: Omit<TransportEvents, 'frame'>): ClassicLanes {
  const close = (code?: number): void => {
    for (const lane of lanes) lane.close(code)
  }
  const open = (): Lane => {
    const lane = openLane(settings, {
      fault: events.fault,
      close(how) {
        close()
        events.close(how)
      },
    })
    lanes.push(lane)
    return lane
  }
  const laneFor = (pattern: Pattern): Lane => findLane(lanes, pattern) ?? open()

  const lanes: Lane[] = []
  const first = open()
  first.whenOpen(events.open)
  return {
    prepare: first.prepare,
    listen(pattern, deliver, sent) {
      const lane = laneFor(pattern)
      const known = lane.patterns.get(pattern)
      const delivers = known ?? new Set()
      delivers.add(deliver)
      if (!known) {
        lane.patterns.set(pattern, delivers)
        lane.tree.add(pattern, delivers)
        lane.whenOpen(lane.prepare({ kind: 'Subscribe', subject: pattern }))
      }
      lane.whenOpen(sent)
      return () => delivers.delete(deliver)
    },
    close,
  }
}

function findLane(lanes: readonly Lane[], pattern: Pattern): Lane | undefined {
  return (
    lanes.find(({ patterns }) => patterns.has(pattern)) ??
    lanes.find(({ patterns }) => ![...patterns.keys()].some((other) => intersects(other, pattern)))
  )
}

function openLane(settings: TransportSettings, events: Pick<TransportEvents, 'fault' | 'close'>): Lane {
  const tree = new SubjectTree<Set<Deliver>>()
  let awaiting: (() => void)[] | undefined = []
  const socket = openSocket(settings, {
    open() {
      const runs = awaiting ?? []
      awaiting = undefined
      for (const run of runs) run()
    },
    close: events.close,
    data(data) {
      const frame = read(settings.codec, data, events.fault)
      if (frame)
        for (const delivers of tree.match(frame.subject as Subject)) for (const deliver of delivers) deliver(frame)
    },
  })
  return {
    tree,
    patterns: new Map(),
    whenOpen(run) {
      if (awaiting) awaiting.push(run)
      else run()
    },
    prepare(frame) {
      const data = settings.codec.encode(frame)
      return () => socket.send(data)
    },
    close: (code) => socket.close(code),
  }
}

function read(codec: Codec, data: string | Uint8Array, fault: TransportEvents['fault']): MessageFrame | undefined {
  try {
    const { kind, body } = codec.decode(data) as RawFrame & { readonly body: object }
    const frame = readRelayFrame({ kind, body: { ...body, id: 0 } })
    if (frame?.kind !== 'Message') throw new WildcastError('invalid_frame', 'a classic server sends only messages')
    return { ...frame, broker: frame.broker ?? '', response_subject: frame.response_subject ?? undefined }
  } catch (cause) {
    fault(WildcastError.from(cause, 'invalid_frame'))
    return undefined
  }
}
