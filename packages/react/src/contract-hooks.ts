import type {
  ActionKind,
  ContractClient,
  DataArguments,
  Handler,
  Message,
  MessageParams,
  PublishOptions,
} from '@wildcast/client'
import type { DataOption } from '@wildcast/client/locks'
import type { SubscriptionFeed } from '@wildcast/client/store'
import type { ContractSetOptions, SetResult } from '@wildcast/client/values'
import type { Contract, ContractKind, DataOf, InputOf, ParamsOf, PatternIn, SubjectIn } from '@wildcast/contract'
import type { Permission } from './permissions.js'
import type { Publishing, PublishState } from './publishing.js'
import type { Requesting } from './requesting.js'
import type { ServingState } from './serving.js'
import type { UseCanOptions } from './use-can.js'
import type { Connection } from './use-connection.js'
import type { HistoryFeed, UseHistoryOptions } from './use-history.js'
import type { LeaderState, UseLeaderOptions } from './use-leader.js'
import type { LockView, UseLockOptions } from './use-lock.js'
import type { MemberCountState } from './use-member-count.js'
import type { OutboxView } from './use-outbox.js'
import type { PresenceView, UsePresenceOptions } from './use-presence.js'
import type { Send } from './use-publish.js'
import type { UseReduceOptions } from './use-reduce.js'
import type { UseRequestOptions } from './use-request.js'
import type { UseServeOptions } from './use-serve.js'
import type { UseSubscriptionOptions } from './use-subscription.js'
import type { UseValueOptions, ValueState } from './use-value.js'
import type { UseValuesOptions } from './use-values.js'
import type { ValuesState } from './values-state.js'

/** The kinds of data that a subscription receives. */
type Received = 'message' | 'value'

type Idle = null | undefined

/** The function that `usePublish` returns; for a template it takes the params by name. */
export type ContractSend<Text extends string, Data> =
  ParamsOf<Text> extends MessageParams
    ? ParamsOf<Text> extends readonly string[]
      ? Send<Text, Data>
      : (
          params: { readonly [Name in keyof ParamsOf<Text>]: string | number },
          ...content: DataArguments<Data, PublishOptions>
        ) => Publishing
    : never

/** The value of a subject that a contract has. */
export interface ContractValueState<Data, Input> extends Omit<ValueState<Data>, 'set'> {
  /** Writes the value; rejects with `invalid_payload` if it does not fit. */
  readonly set: (data: Input, options?: ContractSetOptions<Input>) => Promise<SetResult>
}

/** The members of a subject that a contract has. */
export interface ContractPresenceView<Data, Input> extends Omit<PresenceView<Data>, 'update'> {
  /** Enters with other data, without a render. */
  readonly update: (data: Input) => void
}

type FeedOf<Api extends Contract, Text extends string> = SubscriptionFeed<DataOf<Api, Received, Text>, ParamsOf<Text>>
type ValuesOf<Api extends Contract, Text extends string> = ValuesState<DataOf<Api, 'value', Text>, ParamsOf<Text>>
type ValueOf<Api extends Contract, Text extends string> = ContractValueState<
  DataOf<Api, 'value', Text>,
  InputOf<Api, 'value', Text>
>
type ViewOf<Api extends Contract, Text extends string> = ContractPresenceView<
  DataOf<Api, 'presence', Text>,
  InputOf<Api, 'presence', Text>
>

/**
 * The hooks of this package with the types of a contract. A subject without an entry does not
 * compile; `null` is idle, as without a contract.
 */
export interface ContractHooks<Api extends Contract> {
  /** Returns the client of the nearest provider. */
  useClient(): ContractClient<Api>
  /** Returns the messages of a pattern. */
  useSubscription<const Text extends string, Selected = FeedOf<Api, Text>>(
    pattern: PatternIn<Api, Received, Text> | Idle,
    options?: UseSubscriptionOptions<DataOf<Api, Received, Text>, ParamsOf<Text>, Selected>,
  ): Selected
  /** Folds the messages of a pattern into a value. */
  useReduce<const Text extends string, State>(
    pattern: PatternIn<Api, Received, Text> | Idle,
    reducer: (state: State, message: Message<DataOf<Api, Received, Text>, ParamsOf<Text>>) => State,
    initial: State,
    options?: UseReduceOptions,
  ): State
  /** Returns the kept messages of a pattern, and new ones. */
  useHistory<const Text extends string>(
    pattern: PatternIn<Api, 'message', Text> | Idle,
    options?: UseHistoryOptions,
  ): HistoryFeed<DataOf<Api, 'message', Text>, ParamsOf<Text>>
  /** Returns a function that publishes; a template takes its params at each call. */
  usePublish<const Text extends string>(
    template: PatternIn<Api, 'message', Text>,
  ): ContractSend<Text, InputOf<Api, 'message', Text>>
  /** Sends requests. */
  useRequest<const Text extends string>(
    subject: SubjectIn<Api, 'request', Text> | Idle,
    options?: UseRequestOptions<DataOf<Api, 'reply', Text>, InputOf<Api, 'request', Text>>,
  ): Requesting<InputOf<Api, 'request', Text>, DataOf<Api, 'reply', Text>>
  /** Answers requests while the component is mounted. */
  useServe<const Text extends string>(
    subject: SubjectIn<Api, 'request', Text> | Idle,
    handler: Handler<DataOf<Api, 'request', Text>, InputOf<Api, 'reply', Text>>,
    options?: UseServeOptions,
  ): ServingState
  /** Returns the value of a subject. */
  useValue<const Text extends string, Selected = ValueOf<Api, Text>>(
    subject: SubjectIn<Api, 'value', Text> | Idle,
    options?: UseValueOptions<ValueOf<Api, Text>, Selected>,
  ): Selected
  /** Returns the values of a pattern. */
  useValues<const Text extends string, Selected = ValuesOf<Api, Text>>(
    pattern: PatternIn<Api, 'value', Text> | Idle,
    options?: UseValuesOptions<ValuesOf<Api, Text>, Selected>,
  ): Selected
  /** Returns the members of a subject; with data, this client is one of them. */
  usePresence<const Text extends string, Selected = ViewOf<Api, Text>>(
    subject: SubjectIn<Api, 'presence', Text> | Idle,
    data?: InputOf<Api, 'presence', Text>,
    options?: UsePresenceOptions<ViewOf<Api, Text>, Selected>,
  ): Selected
  /** Returns the number of members. */
  useMemberCount<const Text extends string>(
    subject: PatternIn<Api, 'presence', Text> | Idle,
    options?: Pick<UsePresenceOptions, 'broker'>,
  ): MemberCountState
  /** Takes and releases a lock. */
  useLock<const Text extends string>(
    subject: SubjectIn<Api, 'value', Text> | Idle,
    ...options: DataOption<Omit<UseLockOptions, 'data'>, InputOf<Api, 'value', Text>>
  ): LockView<DataOf<Api, 'value', Text>>
  /** Takes part in the election of a leader. */
  useLeader<const Text extends string>(
    subject: SubjectIn<Api, 'value', Text> | Idle,
    ...options: DataOption<Omit<UseLeaderOptions, 'data'>, InputOf<Api, 'value', Text>>
  ): LeaderState
  /** Returns the status of the connection. */
  useConnection(): Connection
  /** Returns the messages that the client's outbox keeps. */
  useOutbox(): OutboxView
  /** Returns the state of a publish. */
  usePublishing(publishing: Publishing | undefined): PublishState | undefined
  /** Returns whether the user may do something now. */
  useCan<const Text extends string>(
    action: ActionKind,
    subject: PatternIn<Api, ContractKind, Text> | null,
    options?: UseCanOptions,
  ): Permission
}
