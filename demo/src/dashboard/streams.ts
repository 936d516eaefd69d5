import type { Message } from '@wildcast/client'
import { client } from '../bridge.js'
import { usePage } from '../page.js'
import { delivered, packers, prices, record, sensors, taken } from './data.js'
import { brokerOf } from './places.js'
import { type Delivery, type StreamName, setStream, useDashboard } from './store.js'

type Undo = () => void

/** This window as a packer: a segment of a subject. */
export const packer = `packer-${Math.floor(Math.random() * 0x10000).toString(16)}`

/** A field of a payload, or the payload itself, which may be a plain number. */
function numberIn(data: unknown, field: string): number | undefined {
  const value: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, field) : data
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function onSensor(message: Message): void {
  record(message)
  const [, place = '', quantity] = message.subject.split('.')
  const value = numberIn(message.data, 'value')
  if (value === undefined || (quantity !== undefined && quantity !== 'temperature')) return
  const number = sensors.names.numberOf(place)
  if (number !== undefined) sensors.gauges.set(number, value, message.receivedAt)
}

/** The price of each fruit when the page was loaded: lines show the change since then. */
const first = new Map<string, number>()
/** The running number of the last price: those that were left out count as published. */
let lastNumber: number | undefined

function onPrice(message: Message): void {
  record(message)
  const { data } = message
  const price = numberIn(data, 'price')
  const running = numberIn(data, 'n')
  delivered.add(1)
  if (running !== undefined) {
    if (lastNumber !== undefined && running > lastNumber) delivered.add(0, running - lastNumber)
    lastNumber = Math.max(running, lastNumber ?? 0)
  } else delivered.add(0)
  if (price === undefined) return
  const good = message.subject.slice(message.subject.indexOf('.') + 1)
  const number = prices.names.numberOf(good)
  if (number === undefined) return
  const base = first.get(good) ?? price
  first.set(good, base)
  prices.now.set(good, price)
  prices.gauges.set(number, base === 0 ? 0 : (price / base - 1) * 100, message.receivedAt)
}

function onOrder(message: Message): void {
  record(message)
  taken.count++
  void client.publish(`packed.${packer}`, { name: usePage.getState().name }, { broker: brokerOf('orders') }).outcome
}

function onPacked({ subject, data }: Message): void {
  const name = subject.slice(subject.indexOf('.') + 1)
  const number = packers.names.numberOf(name)
  if (number === undefined) return
  const label: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'name') : undefined
  packers.labels.set(name, typeof label === 'string' ? label.slice(0, 40) : name)
  packers.meters.add(number)
}

/** Subscribes to a stream on its broker, and follows how whole it is. */
function follow(name: StreamName, pattern: string, handler: (message: Message) => void, options = {}): Undo {
  return client.subscribe(pattern, handler, {
    broker: brokerOf(name),
    onStatus: (status) => setStream(name, status === 'ready' ? { status, refusal: undefined } : { status }),
    onContinuity: ({ continuity, missed }) => setStream(name, { continuity, missed }),
    onError: ({ message }) => setStream(name, { refusal: message }),
    ...options,
  })
}

function policyOf(delivery: Delivery): { deliver?: 'latest'; maxRate?: number } {
  if (delivery === 'all') return {}
  return delivery === 'latest' ? { deliver: 'latest' } : { maxRate: Number(delivery) }
}

function followPrices(): Undo {
  let undo = follow('prices', 'price.*', onPrice, policyOf(useDashboard.getState().delivery))
  const stop = useDashboard.subscribe(({ delivery }, before) => {
    if (delivery === before.delivery) return
    undo()
    undo = follow('prices', 'price.*', onPrice, policyOf(delivery))
  })
  return () => {
    stop()
    undo()
  }
}

/** Subscribes to everything that the dashboard shows. Returns the undo. */
export function followAll(): Undo {
  const undos = [
    follow('sensors', 'sensor.**', onSensor),
    followPrices(),
    follow('orders', 'order.*', onOrder, { group: 'packers' }),
    client.subscribe('packed.*', onPacked, { broker: brokerOf('orders') }),
  ]
  return () => {
    for (const undo of undos) undo()
  }
}
