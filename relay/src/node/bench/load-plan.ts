/** The load of a bench, as plain data for its threads. */
export interface LoadPlan {
  readonly url: string
  readonly broker?: string | undefined
  readonly token?: string | undefined
  readonly codec: 'json' | 'msgpack'
  /** The first segments of its subjects. */
  readonly prefix: string
  readonly clients: number
  /** Messages a second, of all clients together. */
  readonly rate: number
  /** Bytes of a message's data. */
  readonly size: number
  /** How many clients receive each message. At most `clients`. */
  readonly subscribers: number
  readonly seconds: number
}

/** The clients of one thread: those from `first` on. */
export interface LoadShare {
  readonly plan: LoadPlan
  readonly first: number
  readonly count: number
}

/** The shortest data: it holds a time. */
export const smallestSize = 24

/** How much one thread does without being the limit itself: messages sent and received a second. */
const perThread = 15_000
const clientsPerThread = 2000

/** How many threads a bench needs. It has at most one for each core, and for each client. */
export function threadsFor({ clients, rate, subscribers }: LoadPlan, cores: number): number {
  const wanted = Math.max((rate * (1 + subscribers)) / perThread, clients / clientsPerThread)
  return Math.max(1, Math.min(Math.ceil(wanted), cores, clients))
}

/** Divides the clients among threads. */
export function sharesOf(plan: LoadPlan, threads: number): readonly LoadShare[] {
  const ends = Array.from({ length: threads + 1 }, (_, i) => Math.round((i * plan.clients) / threads))
  return ends.slice(0, -1).map((first, i) => ({ plan, first, count: (ends[i + 1] ?? first) - first }))
}

/** How many subjects there are: each has the same number of subscribers. */
export function subjectsOf({ clients, subscribers }: LoadPlan): number {
  return Math.floor(clients / subscribers)
}

/**
 * The subject to which a client publishes, and whether it subscribes to it. Clients that would make
 * one subject have more subscribers than the others publish only.
 */
export function placeOf(client: number, plan: LoadPlan): { readonly subject: string; readonly subscribes: boolean } {
  const subjects = subjectsOf(plan)
  const own = Math.floor(client / plan.subscribers)
  return { subject: `${plan.prefix}.${own % subjects}`, subscribes: own < subjects }
}
