import { hash } from 'node:crypto'
import { type BrokerMessage, decodeUtf8, type Payload } from '@wildcast/protocol'
import { type About, aboutOf } from '../../foreign/about.js'

/**
 * The announcement of a message that is the change of a value, or is kept, or both. The script that
 * stores it publishes its mark and then its payload: Redis carries no more than a payload.
 */
export interface ChangeMark {
  /** The fields of the message. */
  readonly fields: About & NumberFields
  /** The SHA-1 of the payload, and its length. */
  readonly digest: string
}

/**
 * `v`: the message changes a value; `d`: it deletes one; `e`: it deletes one that has expired; `V`,
 * `D` and `E`: it is kept, too; `m`: it is kept only.
 */
export type MarkKind = 'v' | 'd' | 'e' | 'V' | 'D' | 'E' | 'm'

type NumberFields = Pick<BrokerMessage, 'revision' | 'deleted' | 'expired' | 'position'>

/** `<number><kind><SHA-1><length of the payload> <about>` */
const form = /^([0-9a-z]{10}-[0-9a-z]{9})([vdeVDEm])([0-9a-f]{40}\d{1,10}) (.*)$/s

const sha1Length = 40

/** Returns the part of a mark between the number and "about". */
export function digestText(payload: Payload, kind: MarkKind): string {
  return `${kind}${digestOf(payload)} `
}

/** Parses a mark. Returns undefined if no relay wrote it. */
export function changeMarkOf(bytes: Uint8Array): ChangeMark | undefined {
  const [, number = '', kind, digest = '', about = ''] = form.exec(decodeUtf8(bytes) ?? '') ?? []
  if (!kind) return undefined
  return { digest, fields: { ...numbersOf(number, kind), ...aboutOf(about) } }
}

/** Returns the fields that the number and the kind of a mark stand for. */
export function numbersOf(number: string, kind: string): NumberFields {
  return {
    ...(kind !== 'm' && { revision: number }),
    ...(/^[dDeE]$/.test(kind) && { deleted: true as const }),
    ...(/^[eE]$/.test(kind) && { expired: true as const }),
    ...(kind < 'a' || kind === 'm' ? { position: number } : {}),
  }
}

/** Whether a payload is the one that a mark announces. */
export function isPayloadOf({ digest }: ChangeMark, payload: Uint8Array): boolean {
  // The hash is compared only if the length is equal.
  return Number(digest.slice(sha1Length)) === payload.length && digest === digestOf(payload)
}

function digestOf(payload: Payload): string {
  return hash('sha1', payload, 'hex') + Buffer.byteLength(payload)
}
