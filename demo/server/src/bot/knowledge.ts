import type { Client } from '@wildcast/client'
import { brokerFor } from '../sources/source.js'

/** The last reading of a sensor. */
interface Reading {
  readonly place: string
  readonly kind: string
  readonly value: number
  readonly unit: string
}

/** The newest data that the bot has received. */
export interface Knowledge {
  /** The price of each good. */
  readonly prices: ReadonlyMap<string, number>
  /** By subject. */
  readonly sensors: ReadonlyMap<string, Reading>
}

/** Follows the prices and the sensors as a page does. The client must be connected. */
export function learn(client: Client): Knowledge {
  const prices = new Map<string, number>()
  const sensors = new Map<string, Reading>()
  const slow = { deliver: 'latest', maxRate: 20 } as const
  client.subscribe(
    'price.*',
    ({ params: [good = ''], data }) => {
      const { price } = fieldsOf(data)
      if (typeof price === 'number') prices.set(good, price)
    },
    { ...slow, broker: brokerFor(client, ['redis']) },
  )
  client.subscribe(
    'sensor.*.*',
    ({ subject, params: [place = '', kind = ''], data }) => {
      const { value, unit } = fieldsOf(data)
      if (typeof value === 'number')
        sensors.set(subject, { place, kind, value, unit: typeof unit === 'string' ? unit : '' })
    },
    { ...slow, broker: brokerFor(client, ['mqtt']) },
  )
  return { prices, sensors }
}

/** The fields of an object, whatever was sent. */
export function fieldsOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? { ...data } : {}
}
