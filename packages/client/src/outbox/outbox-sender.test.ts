import { describe, expect, test, vi } from 'vitest'
import type { PartPorts } from '../part.js'
import type { ReportState } from '../publishing/publish.js'
import { createFakeClock, settle } from '../testing/fake-clock.js'
import type { KeptMessage } from './kept-message.js'
import type { MessageStore } from './message-store.js'
import { OutboxSender } from './outbox-sender.js'

const message = (id: number): KeptMessage => {
  const content = { kind: 'Publish', subject: `s${id}`, message: '' } as const
  return { id, owner: 'me', bytes: 1, queuedAt: 0, sending: undefined, content }
}

/** A sender whose client is online. Each publish stays in flight. */
function openSender() {
  const published: string[] = []
  const reports: ReportState[] = []
  const mark = vi.fn(async () => {})
  const ports = {
    clock: createFakeClock(),
    connection: { status: { state: 'online' }, welcome: { relay: 'r' } },
    fault: vi.fn(),
    publish({ subject }: { readonly subject: string }, report: ReportState) {
      published.push(subject)
      reports.push(report)
    },
  }
  const store = { mark, remove: async () => {} }
  const sender = new OutboxSender(ports as unknown as PartPorts, store as unknown as MessageStore)
  return { sender, published, reports, mark, fault: ports.fault }
}

const aborted = expect.objectContaining({ name: 'AbortError' })

describe('a message that another page discards is not sent', () => {
  test('if that is known before the message is stored', async () => {
    const { sender, published } = openSender()
    const report = vi.fn()
    sender.discard([1])
    sender.accept(message(1), report)
    sender.accept(message(2), vi.fn())
    await settle()
    expect(published).toEqual(['s2'])
    expect(report.mock.calls).toEqual([['rejected', aborted]])
  })
  test('if that is known before the message is taken over', async () => {
    const { sender, published, fault } = openSender()
    sender.discard([1])
    sender.adopt([message(1), message(2)])
    await settle()
    expect(published).toEqual(['s2'])
    expect(fault).not.toHaveBeenCalled()
  })
  test('while the store records that it will be sent', async () => {
    const { sender, published, mark } = openSender()
    let end = (): void => {}
    mark.mockReturnValueOnce(new Promise((resolve) => (end = resolve)))
    const report = vi.fn()
    for (const id of [1, 2, 3]) sender.accept(message(id), id === 2 ? report : vi.fn())
    sender.discard([2])
    end()
    await settle()
    expect(published).toEqual(['s1', 's3'])
    expect(report.mock.calls).toEqual([['rejected', aborted]])
  })
})

test('the outcome of a message that is discarded in flight is unknown, once', async () => {
  const { sender, reports } = openSender()
  const report = vi.fn()
  sender.accept(message(1), report)
  await settle()
  sender.discard([1])
  reports[0]?.('confirmed')
  expect(report.mock.calls).toEqual([['unknown']])
})
