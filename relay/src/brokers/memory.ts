import {
  intersects,
  isExact,
  type Message,
  type Pattern,
  type Subject,
  SubjectTree,
  WildcastError,
} from '@wildcast/protocol'
import type { Clock } from '../core/clock.js'
import type { Features, Interest, OpenBroker } from './broker.js'
import { queue } from './queue.js'
import { replies } from './replies.js'
import { answerTo, requestSubject, responseSubject, servedPattern } from './request-subjects.js'

const features: Features = {
  queue: true,
  request: true,
  serve: true,
  response_subject: true,
  headers: true,
  wildcard: true,
}

type Deliver = (message: Message) => void

/** Whoever is reached by a publish: a subscriber, a queue, or a server by the original's scheme. */
interface Listener {
  readonly pattern: Pattern
  readonly deliver: Deliver
}

interface Server {
  readonly deliver: Deliver
  /** Where its callers wait. */
  readonly callers: Set<Subject>
}

/**
 * A broker inside the process, whose network has length zero. Servers answer on subjects under `_reply`, which nobody can guess or listen to.
 * @param ports `newId` gives a fresh, unguessable segment with each call.
 */
export function memory(ports: { readonly clock: Clock; readonly newId: () => string }): OpenBroker {
  return async (events) => {
    const listeners = new SubjectTree<Listener>()
    const all = new Set<Listener>()
    const queues = new Map<string, ReturnType<typeof queue<Message>>>()
    const servers = new Map<Pattern, Server>()
    const waiting = replies(ports.clock)
    const inTurn = turns()

    const listen = (pattern: Pattern, deliver: Deliver): (() => void) => {
      const listener: Listener = { pattern, deliver }
      const leave = listeners.add(pattern, listener)
      all.add(listener)
      return () => {
        leave()
        all.delete(listener)
      }
    }

    const join = (pattern: Pattern, group: string, deliver: Deliver): (() => void) => {
      const key = `${group} ${pattern}`
      const members = queues.get(key) ?? queue<Message>(listen(pattern, (message) => members.next(message)))
      queues.set(key, members)
      return members.join(deliver, () => queues.delete(key))
    }

    const serve = (subject: Pattern, deliver: Deliver): (() => void) => {
      if (servers.has(subject)) throw new WildcastError('already_served', `"${subject}" has a server already`)
      const server: Server = { deliver, callers: new Set() }
      servers.set(subject, server)
      const leave = listen(servedPattern(subject), (message) =>
        deliver({ ...message, subject, responseSubject: message.responseSubject ?? answerTo(message.subject) }),
      )
      return () => {
        leave()
        servers.delete(subject)
        for (const caller of server.callers) waiting.fail(caller, noResponders(subject, 'left'))
      }
    }

    const subscribe = ({ pattern, group, serve: serves }: Interest, deliver: Deliver): (() => void) => {
      if (serves) return serve(pattern, deliver)
      return group === undefined ? listen(pattern, deliver) : join(pattern, group, deliver)
    }

    const handOut = (message: Message): void => {
      const { subject } = message
      if (!isExact(subject)) {
        for (const listener of [...all]) if (intersects(listener.pattern, subject)) listener.deliver(message)
      } else if (!waiting.take(message)) {
        for (const listener of listeners.match(subject)) listener.deliver(message)
      }
    }

    events.status('up')
    return {
      features,
      async subscribe(interest, deliver) {
        const leave = subscribe(interest, deliver)
        return async () => leave()
      },
      async publish(message) {
        inTurn(() => handOut(message))
      },
      async request(message, options) {
        const subject = message.subject as Subject
        const id = ports.newId()
        const server = servers.get(subject)
        const asked = server ? subject : requestSubject(id, subject)
        const answered = server ? (`_reply.${id}` as Subject) : responseSubject(id, subject)
        if (!server && listeners.match(asked).length === 0) throw noResponders(subject, 'is not there')
        const answer = waiting.wait(answered, options)
        server?.callers.add(answered)
        const question: Message = { ...message, subject: asked, responseSubject: answered }
        inTurn(() => (server ? server.deliver(question) : handOut(question)))
        return answer.finally(() => server?.callers.delete(answered))
      },
      async close() {
        for (const server of servers.values())
          for (const caller of server.callers)
            waiting.fail(caller, new WildcastError('broker_down', 'the broker was closed'))
        all.clear()
      },
    }
  }
}

function noResponders(subject: Pattern, why: string): WildcastError {
  return new WildcastError('no_responders', `the server of "${subject}" ${why}; start one with serve("${subject}", …)`)
}

/** Runs what is asked for inside a run after that run, so that everybody sees the same order. */
function turns(): (run: () => void) => void {
  const queued: (() => void)[] = []
  return (run) => {
    if (queued.push(run) > 1) return
    try {
      for (let i = 0; i < queued.length; i++) queued[i]?.()
    } finally {
      queued.length = 0
    }
  }
}
