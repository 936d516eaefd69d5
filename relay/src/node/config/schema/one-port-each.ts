import * as v from 'valibot'
import { shown } from '../path.js'
import { isTable, keyIn } from './table.js'

/** Refuses gateways of several brokers on one port. It looks at what may be wrong elsewhere, too, so that everything is told at once. */
export function onePortEach<Brokers extends object>(): v.RawCheckAction<Brokers> {
  return v.rawCheck(({ dataset, addIssue }) => {
    const owners = new Map<string, string>()
    for (const [name, broker] of Object.entries(dataset.value as object)) {
      const gateway = within(broker, 'gateway')
      const http = within(gateway, 'Http')
      const port = within(http, 'port')
      if (typeof port !== 'number' || port === 0) continue
      const address = JSON.stringify([port, within(http, 'host')])
      const owner = owners.get(address)
      if (owner === undefined) owners.set(address, name)
      else
        addIssue({
          message: `{it} is ${port}, which the gateway of "${shown(owner)}" has already; choose another`,
          path: [keyIn(dataset.value, name), keyIn(broker, 'gateway'), keyIn(gateway, 'Http'), keyIn(http, 'port')],
        })
    }
  })
}

function within(value: unknown, key: string): unknown {
  return isTable(value) ? value[key] : undefined
}
