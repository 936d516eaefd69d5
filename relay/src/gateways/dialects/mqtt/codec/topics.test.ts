import { expect, it } from 'vitest'
import { isTopicFilter, isTopicName, parseSharedFilter } from './topics.js'

it('a topic name has no wildcards and is not empty [MQTT-3.3.2-2], [MQTT-4.7.3-1]', () => {
  const names = ['a', '/', 'a//b', ' ', '$SYS/x', 'é', 'a.b', '/'.repeat(65_535)]
  expect(names.filter((name) => !isTopicName(name))).toEqual([])
  expect(['', '+', '#', 'a+', 'a/#'].filter(isTopicName)).toEqual([])
})

it('a wildcard of a filter stands for whole levels [MQTT-4.7.1-1], [MQTT-4.7.1-2]', () => {
  const filters = ['#', '+', '/', '/#', '+/+', '/+', 'a/#', 'a/+/b', '+/a/#', '$SYS/#', '$share', '/'.repeat(65_535)]
  expect(filters.filter((filter) => !isTopicFilter(filter))).toEqual([])
  expect(['', 'a/#/b', '#/', 'a#', '##', '+a', 'a+', 'a/b+/c', '++', '/#/'].filter(isTopicFilter)).toEqual([])
})

it('a shared filter has a name and a filter [MQTT-4.8.2-1], [MQTT-4.8.2-2]', () => {
  expect(parseSharedFilter('$share/g/a/#')).toEqual({ shareName: 'g', filter: 'a/#' })
  expect(parseSharedFilter('$share/g//')).toEqual({ shareName: 'g', filter: '/' })
  const others = ['$share/', '$share//a', '$share/g', '$share/g/', '$share/+/a', '$share/g/a#', 'a', '$share']
  expect(others.filter((filter) => parseSharedFilter(filter) !== undefined)).toEqual([])
})
