import type { Message, SubscribeOptions } from '@wildcast/client'
import type { DataOf, ParamsOf } from '@wildcast/contract'
import type { contract } from '../../contract.js'
import { client } from '../bridge.js'
import { useSubscription } from '../hooks.js'
import { usePage } from '../page.js'
import { delivered, packers, prices, record, sensors, taken } from './data.js'
import { brokerOf } from './places.js'
import { type Delivery, type StreamName, setStream, useDashboard } from './store.js'

type Undo = () => void

/** This window as a packer: a segment of a subject. */
export const packer = `packer-${Math.floor(Math.random() * 0x10000).toString(16)}`

type Api = typeof contract
type Stream = 'sensor.**' | 'price.*' | 'order.*'
type StreamMessage<Pattern extends Stream> = Message<DataOf<Api, 'message', Pattern>, ParamsOf<Pattern>>

function onSensor(message: StreamMessage<'sensor.**'>): void {
  record(message)
  const { data, subject, receivedAt } = message
  const [, place = '', quantity] = subject.split('.')
  if (quantity !== undefined && quantity !== 'temperature') return
  const number = sensors.names.numberOf(place)
  if (number !== undefined) sensors.gauges.set(number, typeof data === 'number' ? data : data.value, receivedAt)
}

/** The price of each fruit when the page was loaded: lines show the change since then. */
const first = new Map<string, number>()
/** The running number of the last price: those that were left out count as published. */
let lastNumber: number | undefined

function onPrice(message: StreamMessage<'price.*'>): void {
  record(message)
  const { data, params, receivedAt } = message
  const [good] = params
  const { price, n = undefined } = typeof data === 'number' ? { price: data } : data
  countPrice(n)
  const number = prices.names.numberOf(good)
  if (number === undefined) return
  const base = first.get(good) ?? price
  first.set(good, base)
  prices.now.set(good, price)
  prices.gauges.set(number, base === 0 ? 0 : (price / base - 1) * 100, receivedAt)
}

/** Counts a price as delivered, and those up to its running number as published. */
function countPrice(n: number | undefined): void {
  delivered.add(1)
  if (n === undefined) {
    delivered.add(0)
    return
  }
  if (lastNumber !== undefined && n > lastNumber) delivered.add(0, n - lastNumber)
  lastNumber = Math.max(n, lastNumber ?? 0)
}

function onOrder(message: StreamMessage<'order.*'>): void {
  record(message)
  taken.count++
  void client.publish(`packed.${packer}`, { name: usePage.getState().name }, { broker: brokerOf('orders') }).outcome
}

/** Counts what every packer has packed, while a component is shown. */
export function usePacked(): void {
  useSubscription('packed.{packer}', {
    broker: brokerOf('orders'),
    state: false,
    onEvent({ data, params }) {
      const number = packers.names.numberOf(params.packer)
      if (number === undefined) return
      packers.labels.set(params.packer, data.name.slice(0, 40))
      packers.meters.add(number)
    },
  })
}

/** The options of a stream, which follow how whole it is. */
function optionsOf(name: StreamName): SubscribeOptions {
  return {
    broker: brokerOf(name),
    onStatus: (status) => setStream(name, status === 'ready' ? { status, refusal: undefined } : { status }),
    onContinuity: ({ continuity, missed }) => setStream(name, { continuity, missed }),
    onError: ({ message }) => setStream(name, { refusal: message }),
  }
}

function policyOf(delivery: Delivery): { deliver?: 'latest'; maxRate?: number } {
  if (delivery === 'all') return {}
  return delivery === 'latest' ? { deliver: 'latest' } : { maxRate: Number(delivery) }
}

function followPrices(): Undo {
  const follow = (delivery: Delivery): Undo =>
    client.subscribe('price.*', onPrice, { ...optionsOf('prices'), ...policyOf(delivery) })
  let undo = follow(useDashboard.getState().delivery)
  const stop = useDashboard.subscribe(({ delivery }, before) => {
    if (delivery === before.delivery) return
    undo()
    undo = follow(delivery)
  })
  return () => {
    stop()
    undo()
  }
}

/** Subscribes to the streams of the dashboard. Returns the undo. */
export function followAll(): Undo {
  const undos = [
    client.subscribe('sensor.**', onSensor, optionsOf('sensors')),
    followPrices(),
    client.subscribe('order.*', onOrder, { ...optionsOf('orders'), group: 'packers' }),
  ]
  return () => {
    for (const undo of undos) undo()
  }
}
