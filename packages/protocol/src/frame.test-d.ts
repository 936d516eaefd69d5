import { expectTypeOf, test } from 'vitest'
import type { Codec } from './codec.js'
import { errorTable, isErrorCode } from './error-table.js'
import { type ErrorCode, WildcastError } from './errors.js'
import type { ClientFrame, ErrorFrame, Frame, MessageFrame, PublishFrame, RelayFrame, SubscribeFrame } from './frame.js'
import { carriesPayload, type PayloadFrame } from './frame-body.js'

const nothingElse = (_: never): never => _

test('a switch over the kinds of a client needs no default', () => {
  const name = (frame: ClientFrame): string => {
    switch (frame.kind) {
      case 'Connect':
      case 'Subscribe':
      case 'Unsubscribe':
      case 'Publish':
      case 'Request':
      case 'Enter':
      case 'Leave':
      case 'Cancel':
      case 'Authenticate':
      case 'CanI':
      case 'Received':
      case 'Ping':
      case 'Pong':
        return frame.kind
    }
  }
  expectTypeOf(name).returns.toBeString()
})

test('a switch over the kinds of a relay needs no default', () => {
  const name = (frame: RelayFrame): string => {
    switch (frame.kind) {
      case 'Welcome':
      case 'Message':
      case 'Subscribed':
      case 'Synced':
      case 'Lost':
      case 'Unsubscribed':
      case 'Ack':
      case 'Response':
      case 'Error':
      case 'Gap':
      case 'GoingAway':
      case 'Received':
      case 'Ping':
      case 'Pong':
        return frame.kind
    }
  }
  expectTypeOf(name).returns.toBeString()
})

test('a switch without a kind does not compile', () => {
  const name = (frame: SubscribeFrame | PublishFrame): string => {
    switch (frame.kind) {
      case 'Subscribe':
        return 'Subscribe'
      default:
        // @ts-expect-error Publish is missing.
        return nothingElse(frame)
    }
  }
  expectTypeOf(name).returns.toBeString()
})

test('a kind decides the fields', () => {
  const read = (frame: Frame): void => {
    // @ts-expect-error Not every frame has a subject.
    frame.subject
    if (frame.kind === 'Publish') expectTypeOf(frame).toEqualTypeOf<PublishFrame>()
    if (carriesPayload(frame)) expectTypeOf(frame).toEqualTypeOf<PayloadFrame>()
  }
  expectTypeOf(read).returns.toBeVoid()
  expectTypeOf<ErrorFrame>().not.toExtend<PayloadFrame>()
})

test('a frame has all of its fields, of the right types', () => {
  // @ts-expect-error A delivery names its broker.
  const noBroker: MessageFrame = { kind: 'Message', id: 1, subject: 'a', message: '' }
  // @ts-expect-error No such kind.
  const noKind: Frame = { kind: 'Presence' }
  // @ts-expect-error A payload is text or bytes.
  const noPayload: PublishFrame = { kind: 'Publish', subject: 'a', message: 7 }
  const frame: PublishFrame = { kind: 'Publish', subject: 'a', message: '' }
  // @ts-expect-error Frames are shared, so they are read-only.
  frame.subject = 'b'
  expectTypeOf([noBroker, noKind, noPayload]).toExtend<Frame[]>()
})

test('a codec encodes frames only', () => {
  const codec = {} as Codec
  // @ts-expect-error A raw frame has not been read.
  const encode = () => codec.encode(codec.decode('"Pong"'))
  expectTypeOf(encode).returns.toEqualTypeOf<string | Uint8Array<ArrayBuffer>>()
})

test('only known error codes compile', () => {
  // @ts-expect-error No such code.
  const make = () => new WildcastError('no_such_code', 'x')
  expectTypeOf(make).returns.toEqualTypeOf<WildcastError>()
  const text = 'timeout' as string
  // @ts-expect-error A text from the wire may be any string.
  const code: ErrorCode = text
  if (isErrorCode(text)) expectTypeOf(text).toEqualTypeOf<ErrorCode>()
  // @ts-expect-error The table is read only.
  errorTable.timeout = { close: 1, status: 1, retry: false }
  expectTypeOf(code).toBeString()
})
