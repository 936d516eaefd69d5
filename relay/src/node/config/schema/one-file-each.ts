import * as v from 'valibot'
import type { Config } from '../config.js'

/** Rejects brokers that keep their values in the same file, which only one of them can open. */
export function oneFileEach(): v.RawCheckAction<Config> {
  return v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const owners = new Map<string, string>()
    for (const [name, settings] of dataset.value.brokers) {
      const file = settings.type === 'memory' ? settings.store?.sqlite : undefined
      if (file === undefined) continue
      const owner = owners.get(file)
      if (owner === undefined) owners.set(file, name)
      else
        addIssue({
          message: `{it} is the file that broker "${owner}" already has; choose another`,
          path: [item('brokers'), item(name), item('store'), item('sqlite')],
        })
    }
  })
}

const item = (key: string): v.IssuePathItem => ({ type: 'object', origin: 'value', input: {}, key, value: undefined })
