import type { RawFrame } from './codec.js'
import type { CanIFrame, ClientFrame, DeliveryPolicy, LeaveFrame, SubscribeFrame } from './frame.js'
import type { Payload } from './message.js'
import {
  type Body,
  readCount,
  readOptionalCount,
  readOptionalFlag,
  readOptionalJson,
  readOptionalNumber,
  readOptionalText,
  readPayload,
  readText,
  refuseField,
  toCount,
} from './read-fields.js'
import { readOptionalHeaders } from './read-headers.js'
import { readPublish } from './read-publish.js'
import { refusal } from './refusal.js'
import { isRecord } from './tagged.js'

/**
 * Reads the frame of a client, which is not trusted.
 * @throws {WildcastError} `invalid_frame`, which names the field and what it must be; `too_large`
 * for too many or too long headers
 */
export function readClientFrame({ kind, body }: RawFrame): ClientFrame {
  switch (kind) {
    case 'Ping':
    case 'Pong':
      return { kind }
    case 'Received':
      return { kind, count: toCount(body, 'Received') }
    case 'Subscribe':
      return readSubscribe(typeof body === 'string' ? { subject: body } : fields(kind, body))
    case 'Publish':
      return readPublish(fields(kind, body))
    case 'Connect':
      return readConnect(fields(kind, body))
    case 'Request':
      return readRequest(fields(kind, body))
    case 'Unsubscribe':
      return readUnsubscribe(fields(kind, body))
    case 'Enter':
      return { ...readPresence(fields(kind, body)), kind, message: readEntered(fields(kind, body)) }
    case 'Leave':
      return { ...readPresence(fields(kind, body)), kind }
    case 'Cancel':
      return { kind, ref: readCount(fields(kind, body), 'ref') }
    case 'Authenticate':
      return { kind, ref: readCount(fields(kind, body), 'ref'), token: readText(fields(kind, body), 'token') }
    case 'CanI':
      return readCanI(fields(kind, body))
    default:
      throw refusal('invalid_frame', `${JSON.stringify(kind.slice(0, 40))} is not a kind of frame that a client sends`)
  }
}

/**
 * Returns the `ref` of a frame that may be invalid otherwise, so that even its refusal can be
 * paired.
 */
export function refOfRaw({ body }: RawFrame): number | undefined {
  const ref = isRecord(body) ? body.ref : undefined
  return typeof ref === 'number' && Number.isSafeInteger(ref) && ref >= 0 ? ref : undefined
}

function fields(kind: string, body: unknown): Body {
  if (!isRecord(body)) throw refuseField(kind, 'an object')
  return body
}

function readConnect(body: Body): ClientFrame {
  return {
    kind: 'Connect',
    token: readOptionalText(body, 'token'),
    session: readOptionalText(body, 'session'),
    // A number that can't be a count starts a new session.
    received: readOptionalNumber(body, 'received'),
    client: readOptionalText(body, 'client'),
    batch: readOptionalCount(body, 'batch'),
    shared: readOptionalFlag(body, 'shared'),
  }
}

function readSubscribe(body: Body): ClientFrame {
  return {
    kind: 'Subscribe',
    ref: readOptionalCount(body, 'ref'),
    subject: readText(body, 'subject'),
    broker: readOptionalText(body, 'broker'),
    group: readOptionalText(body, 'group'),
    serve: readOptionalFlag(body, 'serve'),
    policy: readOptionalPolicy(body),
    retained: readOptionalFlag(body, 'retained'),
    snapshot: readOptionalFlag(body, 'snapshot'),
    ...readHistoryFields(body),
    filter: readOptionalJson(body, 'filter'),
    count: readOptionalFlag(body, 'count'),
  }
}

/** Few subscriptions have these fields. */
function readHistoryFields(body: Body): Pick<SubscribeFrame, 'after' | 'last' | 'before' | 'limit'> {
  return {
    after: readOptionalText(body, 'after'),
    last: readOptionalCount(body, 'last'),
    before: readOptionalText(body, 'before'),
    limit: readOptionalCount(body, 'limit'),
  }
}

function readUnsubscribe(body: Body): ClientFrame {
  return {
    kind: 'Unsubscribe',
    ref: readOptionalCount(body, 'ref'),
    id: readCount(body, 'id'),
    handled: readOptionalCount(body, 'handled'),
  }
}

function readOptionalPolicy(body: Body): DeliveryPolicy | undefined {
  const policy = body.policy
  if (policy === undefined || policy === null) return undefined
  if (!isRecord(policy)) throw refuseField('policy', '{deliver, max_rate?}')
  const deliver = policy.deliver ?? undefined
  if (deliver !== undefined && deliver !== 'all' && deliver !== 'latest')
    throw refuseField('policy.deliver', '"all" or "latest"')
  const max_rate = policy.max_rate ?? undefined
  if (max_rate !== undefined && (typeof max_rate !== 'number' || !Number.isFinite(max_rate) || max_rate <= 0))
    throw refuseField('policy.max_rate', 'a number above 0')
  return { deliver, max_rate }
}

type PresenceFields = Pick<LeaveFrame, 'ref' | 'subject' | 'broker' | 'member'>

function readPresence(body: Body): PresenceFields {
  const [ref, subject, broker] = [readCount(body, 'ref'), readText(body, 'subject'), readOptionalText(body, 'broker')]
  return { ref, subject, broker, member: readText(body, 'member') }
}

function readEntered(body: Body): Payload {
  return (body.message ?? body.bytes ?? null) === null ? '{}' : readPayload(body)
}

const actions: readonly string[] = [
  'publish',
  'subscribe',
  'request',
  'serve',
  'presence',
] satisfies CanIFrame['action'][]

function readCanI(body: Body): ClientFrame {
  const action = readText(body, 'action')
  if (!isAction(action)) throw refuseField('action', `one of ${actions.join(', ')}`)
  const [ref, subject, broker] = [readCount(body, 'ref'), readText(body, 'subject'), readOptionalText(body, 'broker')]
  return { kind: 'CanI', ref, action, subject, broker }
}

function isAction(text: string): text is CanIFrame['action'] {
  return actions.includes(text)
}

function readRequest(body: Body): ClientFrame {
  return {
    kind: 'Request',
    ref: readCount(body, 'ref'),
    subject: readText(body, 'subject'),
    message: readPayload(body),
    broker: readOptionalText(body, 'broker'),
    timeout: readOptionalCount(body, 'timeout'),
    headers: readOptionalHeaders(body),
  }
}
