import type { Source } from './source.js'

const goods = ['apple', 'pear', 'plum', 'cherry', 'quince']

/** Orders with ascending numbers, five a second. */
export function openOrders(): Source {
  let id = 1000
  return {
    brokers: ['nats'],
    everyMs: 200,
    next() {
      const good = goods[Math.floor(Math.random() * goods.length)]
      return { subject: `order.${good}`, data: { id: ++id, boxes: 1 + Math.floor(Math.random() * 9) } }
    },
  }
}
