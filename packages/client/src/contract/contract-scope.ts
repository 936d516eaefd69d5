import type { Contract, ContractKind, DataOf, InputOf, ParamsOf, PatternIn, SubjectIn } from '@wildcast/contract'
import type { ActionKind } from '@wildcast/protocol/client'
import type { Message } from '../messages/message.js'
import type { Publication } from '../publishing/publication.js'
import type { Handler } from '../requests/serve.js'
import type { CanOptions, PublishOptions, RequestOptions, ServeOptions, SubscribeOptions } from '../scope.js'
import type { Scoped } from '../scope-ports.js'
import type { Subscription } from '../subscriptions/subscription.js'
import type { Undo } from '../time/clock.js'

/** The data and the options of a call; data that may be undefined may be left out. */
export type DataArguments<Data, Options> = undefined extends Data
  ? [data?: Data, options?: Options]
  : [data: Data, options?: Options]

/** The kinds of data that a subscription receives. */
type Received = 'message' | 'value'

/**
 * The methods of a client with a contract, for one broker: those of `Scope`, with the types of the
 * entries. A subject without an entry does not compile.
 */
export interface ContractScope<Api extends Contract> extends Scoped {
  /** The contract of the client. */
  readonly contract: Api
  /**
   * Calls `handler` with every message of a pattern, as `subscribe` of other clients does. `data`
   * has the type of all entries that the pattern can match; `params` is a tuple for `*` and `**`,
   * and a record for `{name}`.
   * @throws {TypeError} if the entries of the pattern have different brokers
   */
  subscribe<const Text extends string>(
    pattern: PatternIn<Api, Received, Text>,
    handler: (message: Message<DataOf<Api, Received, Text>, ParamsOf<Text>>) => unknown,
    options?: SubscribeOptions,
  ): Undo
  /** Subscribes with an async iterable. */
  subscribe<const Text extends string>(
    pattern: PatternIn<Api, Received, Text>,
    options?: SubscribeOptions,
  ): Subscription<DataOf<Api, Received, Text>, ParamsOf<Text>>
  /** Publishes a message. Rejects with `invalid_payload` if the data does not fit. */
  publish<const Text extends string>(
    subject: SubjectIn<Api, 'message', Text>,
    ...content: DataArguments<InputOf<Api, 'message', Text>, PublishOptions>
  ): Publication
  /**
   * Sends a request. Resolves with the answer. Rejects with `invalid_payload` if the data or the
   * answer does not fit.
   */
  request<const Text extends string>(
    subject: SubjectIn<Api, 'request', Text>,
    ...content: DataArguments<InputOf<Api, 'request', Text>, RequestOptions<DataOf<Api, 'reply', Text>>>
  ): Promise<Message<DataOf<Api, 'reply', Text>>>
  /** Answers requests on a subject. Requests that do not fit don't reach the handler. */
  serve<const Text extends string>(
    subject: SubjectIn<Api, 'request', Text>,
    handler: Handler<DataOf<Api, 'request', Text>, InputOf<Api, 'reply', Text>>,
    options?: ServeOptions,
  ): Undo
  /** Asks the relay whether the client may do something now. */
  can<const Text extends string>(
    action: ActionKind,
    subject: PatternIn<Api, ContractKind, Text>,
    options?: CanOptions,
  ): Promise<boolean>
}
