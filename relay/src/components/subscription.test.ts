import { parsePattern } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { interestOfComponent } from './subscription.js'

it.each([
  [{ kind: 'topic', topic: parsePattern('hello.*') }, { pattern: 'hello.*' }],
  [
    { kind: 'queue', topic: parsePattern('job'), group: 'workers' },
    { pattern: 'job', group: 'workers' },
  ],
  [{ kind: 'request', path: 'test/*/hello', method: 'POST' }, { pattern: 'request.*.POST.test.*.hello' }],
  [{ kind: 'request', path: '/a/file.txt', method: '*' }, { pattern: 'request.*.*.a.file_DOT_txt' }],
  [{ kind: 'request', path: '**', method: 'GET' }, { pattern: 'request.*.GET.**' }],
] as const)('%j subscribes to %j', (subscription, interest) => {
  expect(interestOfComponent(subscription)).toEqual(interest)
})
