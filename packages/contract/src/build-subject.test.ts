import { describe, expect, it } from 'vitest'
import { buildSubject } from './build-subject.js'

describe('buildSubject', () => {
  it('puts params into a template', () => {
    expect(buildSubject('room.{room}.msg', { room: '42' })).toBe('room.42.msg')
    expect(buildSubject('{a}.{b}', { a: 1, b: 'x{y}' })).toBe('1.x{y}')
    expect(buildSubject('good.apple', {})).toBe('good.apple')
  })

  it.each(['', 'a.b', '*', 'a b', '>', 'a/b', 1.5])('refuses the param %j, which is not one segment', (room) => {
    expect(() => buildSubject('room.{room}', { room })).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
  })

  it.each(['{}', '{ "room": null }', '{ "rooms": "1" }'])('refuses %s, which lacks the param', (json) => {
    expect(() => buildSubject('room.{room}', JSON.parse(json))).toThrow(
      new TypeError('the param "room" is missing; pass { room: … } with text or a number'),
    )
  })

  it('takes no param from the prototype', () => {
    expect(() => buildSubject('room.{toString}', {})).toThrow(TypeError)
  })

  it.each(['room.*', 'room.**', 'room.{1}', 'room.{}', 'a{b}', 'room.', ''])('refuses the template %j', (template) => {
    expect(() => buildSubject(template, { 1: 'x', b: 'x' })).toThrow(
      expect.objectContaining({ code: 'invalid_subject' }),
    )
  })
})
