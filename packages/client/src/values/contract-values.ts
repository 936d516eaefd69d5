import type { Contract, DataOf, InputOf, ParamsOf, PatternIn, SubjectIn } from '@wildcast/contract'
import type { Message } from '../messages/message.js'
import type { GetOptions } from './get-value.js'
import type { DeleteOptions, SetOptions, SetResult } from './set-value.js'
import type { WatchedValues, WatchOptions } from './watch-values.js'

/** Options of `set` with the type of the value, which its will has, too. */
export interface ContractSetOptions<Data> extends SetOptions {
  readonly will?: Data | null | undefined
}

/** The values of a client with a contract: `Values` with the types of its entries. */
export interface ContractValues<Api extends Contract> {
  /** Reads the value of a subject. Rejects with `invalid_payload` if it does not fit. */
  get<const Text extends string>(
    subject: SubjectIn<Api, 'value', Text>,
    options?: GetOptions,
  ): Promise<Message<DataOf<Api, 'value', Text>> | undefined>
  /** Writes the value of a subject. Rejects with `invalid_payload` if it does not fit. */
  set<const Text extends string>(
    subject: SubjectIn<Api, 'value', Text>,
    data: InputOf<Api, 'value', Text>,
    options?: ContractSetOptions<InputOf<Api, 'value', Text>>,
  ): Promise<SetResult>
  /** Deletes the value of a subject. */
  delete<const Text extends string>(subject: SubjectIn<Api, 'value', Text>, options?: DeleteOptions): Promise<SetResult>
  /** Receives the values of a pattern, and then their changes. */
  watch<const Text extends string>(
    pattern: PatternIn<Api, 'value', Text>,
    options?: WatchOptions,
  ): WatchedValues<DataOf<Api, 'value', Text>, ParamsOf<Text>>
}
