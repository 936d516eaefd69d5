import type { Client } from '@wildcast/client'
import { values } from '@wildcast/client/values'
import { brokerFor } from './source.js'

const goods = [
  ...['apple', 'pear', 'plum', 'cherry', 'quince', 'apricot', 'peach', 'fig', 'grape', 'lemon'],
  ...['lime', 'mango', 'melon', 'orange', 'papaya', 'kiwi', 'guava', 'lychee', 'medlar', 'olive'],
]
const lots = 50

/** Changes a second, of all quotes together: they cost an idle demo a few percent of a core. */
const perSecond = 500
const tickMs = 40

/** Brokers without a store on disk: quotes are written again every two seconds. */
const brokers = ['redis', 'other']

/** The rows are changed in this stride, which visits each of them before the first again. */
const stride = 377

/** A quote that is further from its opening price is marked, in percent. */
const farPercent = 3

interface Quote {
  readonly subject: string
  readonly opening: number
  /** How far one step changes the price at most, as a share of it. */
  readonly pace: number
  price: number
}

function openQuotes(): readonly Quote[] {
  return goods.flatMap((good, kind) =>
    Array.from({ length: lots }, (_, lot) => {
      const opening = 1 + ((kind * 37 + lot * 13) % 90) / 10
      const pace = 0.002 + ((lot * 7) % 10) / 1000
      return {
        subject: `quote.${good}-${String(lot + 1).padStart(2, '0')}`,
        opening,
        pace,
        price: opening * (1 + (Math.random() * 2 - 1) * pace * 5),
      }
    }),
  )
}

/** Changes a quote, and returns it as the contract has it. */
function step(quote: Quote): { price: number; change: number; mover: boolean } {
  const { opening, pace, price } = quote
  quote.price = price * (1 + (Math.random() * 2 - 1) * pace) + (opening - price) * 0.01
  const change = Math.round((quote.price / opening - 1) * 10_000) / 100
  return { price: Math.round(quote.price * 1000) / 1000, change, mover: Math.abs(change) > farPercent }
}

/** Writes 1,000 quotes as values, in turn, until the process ends. */
export function runQuotes(client: Client): void {
  const quotes = openQuotes()
  const store = values(client)
  let at = 0
  setInterval(() => {
    if (client.status.state !== 'online') return
    const broker = brokerFor(client, brokers)
    for (let i = 0; i < (perSecond * tickMs) / 1000; i++) {
      at = (at + stride) % quotes.length
      const quote = quotes[at]
      // A refusal is the page's to show.
      if (quote) store.set(quote.subject, step(quote), { broker }).catch(() => {})
    }
  }, tickMs)
}
