import { hash } from 'node:crypto'
import { type BrokerMessage, decodeUtf8, type Payload } from '@wildcast/protocol'
import { type About, aboutOf } from '../../foreign/about.js'

/**
 * The announcement of a change of a value. The script that writes a value publishes its mark and
 * then its payload: Redis carries no more than a payload.
 */
export interface ChangeMark {
  /** The fields of the message. */
  readonly fields: About & Pick<BrokerMessage, 'revision' | 'deleted'>
  /** The SHA-1 of the payload, and its length. */
  readonly digest: string
}

/** `<revision><"v", or "d" for a deletion><SHA-1><length of the payload> <about>` */
const form = /^([0-9a-z]{10}-[0-9a-z]{9})([vd])([0-9a-f]{40}\d{1,10}) (.*)$/s

const sha1Length = 40

/** Returns the part of a mark between the revision and "about". */
export function digestText(payload: Payload): string {
  return `${payload.length > 0 ? 'v' : 'd'}${digestOf(payload)} `
}

/** Parses a mark. Returns undefined if no relay wrote it. */
export function changeMarkOf(bytes: Uint8Array): ChangeMark | undefined {
  const [, revision = '', kind, digest = '', about = ''] = form.exec(decodeUtf8(bytes) ?? '') ?? []
  if (!kind) return undefined
  return { digest, fields: { revision, ...(kind === 'd' && { deleted: true as const }), ...aboutOf(about) } }
}

/** Whether a payload is the one that a mark announces. */
export function isPayloadOf({ digest }: ChangeMark, payload: Uint8Array): boolean {
  // The hash is compared only if the length is equal.
  return Number(digest.slice(sha1Length)) === payload.length && digest === digestOf(payload)
}

function digestOf(payload: Payload): string {
  return hash('sha1', payload, 'hex') + Buffer.byteLength(payload)
}
