import type { Message } from '@wildcast/client'
import type { DataOf } from '@wildcast/contract'
import { useEffect, useState } from 'react'
import type { contract } from '../../../contract.js'

/** A row of the market. */
export type Quote = Message<DataOf<typeof contract, 'value', 'quote.*'>>

/**
 * The newest quotes. Not in a store, since they change with every frame: the heat map reads
 * them a few times a second.
 */
export const market: {
  quotes: ReadonlyMap<string, Quote>
  /** The subjects of the cells: of all quotes, also while a filter leaves most of them out. */
  cells: readonly string[]
} = { quotes: new Map(), cells: [] }

/** Publishes the quotes of a render to those that read them now and then. */
export function useMarket(quotes: ReadonlyMap<string, Quote>, order: readonly string[], isFiltered: boolean): void {
  useEffect(() => {
    market.quotes = quotes
    if (!isFiltered) market.cells = order
  }, [quotes, order, isFiltered])
  useEffect(
    () => () => {
      market.quotes = new Map()
      market.cells = []
    },
    [],
  )
}

/** The subjects of quotes in order: the same list for as long as the subjects are the same. */
export function useOrder(quotes: ReadonlyMap<string, Quote>): readonly string[] {
  const [order, setOrder] = useState<readonly string[]>([])
  if (order.length === quotes.size && order.every((subject) => quotes.has(subject))) return order
  const next = [...quotes.keys()].sort()
  setOrder(next)
  return next
}
