import { encodeUtf8 } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { masterIn } from './sentinel-watch.js'

it.each([
  ['main 10.0.0.1 6379 10.0.0.2 6380', { host: '10.0.0.2', port: 6380 }],
  ['main ::1 6379 ::2 6380', { host: '::2', port: 6380 }],
  ['maintenance 10.0.0.1 6379 10.0.0.2 6380', undefined],
  ['main', undefined],
  ['', undefined],
])('the new master of "main" in the event "%s" is %j', (event, master) => {
  expect(masterIn(encodeUtf8(event), 'main')).toEqual(master)
})
