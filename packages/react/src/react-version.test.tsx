import { version } from 'react'
import { version as domVersion } from 'react-dom'
import { expect, inject, it } from 'vitest'

it('the tests of each project run on the React that it names', () => {
  const wanted = inject('react')
  expect([version, domVersion].map((one) => one.split('.')[0])).toEqual([wanted, wanted])
})
