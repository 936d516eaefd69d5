import * as v from 'valibot'
import type { FromBrokers, Undeclared } from '../../../core/contract/relay-contract.js'
import type { ContractConfig } from '../config.js'
import { moduleFile } from './component.js'
import type { Context } from './context.js'
import { defined } from './defined.js'
import { isTable, optional, type Reads, table } from './table.js'
import { choice } from './values.js'

const fromBrokers: Reads<FromBrokers> = choice({ pass: 'pass', drop: 'drop', quarantine: 'quarantine' } as const)

const undeclared: Reads<Undeclared> = choice({ allow: 'allow', refuse: 'refuse' } as const)

/** The key `contract`: the file of a module, or a table with it. */
export function contract(context: Context): Reads<ContractConfig> {
  const file = moduleFile(context)
  const alone = v.pipe(
    file,
    v.transform((name): ContractConfig => ({ file: name })),
  )
  const keys = { file, from_brokers: optional(fromBrokers), undeclared: optional(undeclared) }
  const written = v.pipe(
    table(keys, { file: '"contract.ts"' }),
    v.transform(
      ({ file: name, from_brokers, undeclared: policy }): ContractConfig => ({
        file: name,
        ...defined({ fromBrokers: from_brokers, undeclared: policy }),
      }),
    ),
  )
  return v.lazy((input) => (isTable(input) ? written : alone)) as Reads<ContractConfig>
}
