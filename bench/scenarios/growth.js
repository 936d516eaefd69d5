import { eachItsOwn, toAll } from './deliveries.js'

const subjectsEach = (subjects) => ({ clients: Math.min(subjects, 100), each: Math.ceil(subjects / 100) })

const axes = {
  subscribers: {
    values: [1, 10, 100, 1000],
    job: (subscribers) => toAll(subscribers, { window: 32 }),
  },
  subjects: {
    values: [1, 100, 1000, 10_000, 100_000],
    job: (subjects) => eachItsOwn(subjectsEach(subjects)),
    needs: /** @type {const} */ ('subjects'),
  },
  // Few in flight, so that buffers do not hide the cost of long ones.
  bytes: {
    values: [32, 128, 1024, 8192, 65_536],
    job: (size) => toAll(50, { size, window: 8 }),
  },
}

/** @type {import('./scenario.js').Scenario} */
export const growth = {
  name: 'growth',
  about:
    'one publisher; more subscribers (128 bytes, 32 in flight), more subjects (over at most 100 clients, ' +
    'one reader each), longer payloads (50 subscribers, 8 in flight)',
  each: 'delivery',
  needs: ['fan-out'],
  // Without mosquitto, which takes 100 ms for each frame above 4 KiB, and Socket.IO, which loops
  // over sockets, too.
  only: ['wildcast-json', 'wildcast-msgpack', 'batched', 'naive-ws', 'nats'],
  metrics: ['cpuUs', 'memory'],
  cases: () =>
    Object.entries(axes).flatMap(([axis, { values, job, needs }]) =>
      values.map((value) => ({
        label: `${value} ${value === 1 ? axis.slice(0, -1) : axis}`,
        job: job(value),
        needs,
        growth: { axis, value },
      })),
    ),
}
