/** The messages and values that brokers keep, with the types of the contract. Loaded on demand. */
import { type ContractHistory, history } from '@wildcast/client/history'
import { type ContractValues, values } from '@wildcast/client/values'
import type { contract } from '../contract.js'
import { client } from './bridge.js'

/** The messages that the brokers have kept. */
export const kept: ContractHistory<typeof contract> = history(client)

/** The values that the brokers have kept. */
export const keptValues: ContractValues<typeof contract> = values(client)
