import type { BrokerInfo } from '@wildcast/client'
import type { ReactNode } from 'react'
import { client, useConnection } from '../../bridge.js'
import { useRelayMetrics } from '../../relay-metrics.js'
import { stateWords } from '../../shell/connection-badge.js'
import { brokerColor } from '../../ui/colors.js'
import { Panel } from '../../ui/panel.js'
import { groups } from '../data.js'
import { useTick } from '../use-tick.js'

/** Groups that are shown for a broker. */
const mostGroups = 6

/** The ways of messages: this page, the relay, its brokers and the subjects on them. */
export function MapPanel({ className }: { readonly className?: string | undefined }) {
  const { state } = useConnection()
  const brokers = client.welcome?.brokers ?? []
  return (
    <Panel title="Map" note="lights up as messages pass" className={className}>
      <div className="flex min-h-44 flex-1 items-stretch">
        <div className="contents max-sm:hidden">
          <Node title="this page">{stateWords[state]}</Node>
          <Wire color="--brand" isOn={state === 'online'} />
        </div>
        <Node title="relay">
          {client.welcome ? `${brokers.length} ${brokers.length === 1 ? 'broker' : 'brokers'}` : '…'}
        </Node>
        <span className="w-5 shrink-0 self-center border-line border-t-2" />
        <Brokers brokers={brokers} />
      </div>
    </Panel>
  )
}

function Node({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="flex shrink-0 flex-col justify-center">
      <div className="rounded-lg border border-line bg-raised px-3 py-2 text-center">
        <p className="whitespace-nowrap font-medium text-xs">{title}</p>
        <p className="whitespace-nowrap text-micro text-quiet">{children}</p>
      </div>
    </div>
  )
}

/** The counts at the last look. */
let before: ReadonlyMap<string, number> = new Map()

function Brokers({ brokers }: { readonly brokers: readonly BrokerInfo[] }) {
  useTick(250)
  const up = useRelayMetrics((metrics) => metrics.up)
  const active = new Set([...groups].flatMap(([group, count]) => (count > (before.get(group) ?? 0) ? [group] : [])))
  before = new Map(groups)
  return (
    <ul className="flex min-w-0 flex-1 flex-col justify-around gap-2">
      {brokers.map(({ name, status }, i) => {
        const subjects = [...groups.keys()].flatMap((group) => {
          const [broker, subject = ''] = group.split(' ')
          return broker === name ? [{ subject, isOn: active.has(group) }] : []
        })
        return (
          <li key={name} className="flex min-h-0 flex-1 items-stretch">
            <Branch
              color={brokerColor(name)}
              isOn={subjects.some(({ isOn }) => isOn)}
              isFirst={i === 0}
              isLast={i === brokers.length - 1}
            />
            <BrokerCard name={name} isUp={up[name] ?? status === 'up'} subjects={subjects.slice(0, mostGroups)} />
          </li>
        )
      })}
    </ul>
  )
}

interface WireProps {
  /** A CSS variable. */
  readonly color: string
  readonly isOn: boolean
}

/** A straight way. */
function Wire({ color, isOn }: WireProps) {
  return (
    <span className="relative min-w-5 max-w-20 flex-1 self-center border-line border-t-2">
      <Glow color={color} isOn={isOn} className="inset-x-0 -top-0.5 h-0.5" />
    </span>
  )
}

/** The way from the relay to one of its brokers: the trunk at the left, then the branch. */
function Branch({ color, isOn, isFirst, isLast }: WireProps & { readonly isFirst: boolean; readonly isLast: boolean }) {
  const top = isFirst ? 'top-1/2' : '-top-2'
  const bottom = isLast ? 'bottom-1/2' : '-bottom-2'
  return (
    <span className="relative w-5 shrink-0">
      <span className={`absolute left-0 border-line border-l-2 ${top} ${bottom}`} />
      <span className="absolute top-1/2 right-0 left-0 border-line border-t-2" />
      <Glow color={color} isOn={isOn} className="top-1/2 right-0 left-0 h-0.5" />
    </span>
  )
}

/** The light over a way, which fades. */
function Glow({ color, isOn, className }: WireProps & { readonly className: string }) {
  return (
    <span
      className={`absolute rounded-full transition-opacity duration-slow ${className}`}
      style={{ background: `var(${color})`, boxShadow: `0 0 8px var(${color})`, opacity: isOn ? 1 : 0 }}
    />
  )
}

interface BrokerCardProps {
  readonly name: string
  readonly isUp: boolean
  /** The first segments of subjects, and whether a message has passed since the last look. */
  readonly subjects: readonly { readonly subject: string; readonly isOn: boolean }[]
}

function BrokerCard({ name, isUp, subjects }: BrokerCardProps) {
  const color = `var(${brokerColor(name)})`
  return (
    <div className="my-auto min-w-0 flex-1 rounded-lg border border-line px-3 py-2">
      <p className="flex items-center gap-2 font-medium font-mono text-xs">
        <span
          className={`size-2 rounded-full ${isUp ? '' : 'animate-pulse'}`}
          style={{ background: isUp ? color : 'var(--bad)' }}
        />
        {name}
        {!isUp && <span className="font-normal font-sans text-bad">down</span>}
      </p>
      <p className="mt-1.5 flex flex-wrap gap-1 text-micro">
        {subjects.map(({ subject, isOn }) => (
          <span
            key={subject}
            className="truncate rounded-sm px-1.5 py-0.5 font-mono transition-colors duration-slow"
            style={{ background: `color-mix(in srgb, ${color} ${isOn ? 26 : 7}%, transparent)` }}
          >
            {subject}
          </span>
        ))}
        {subjects.length === 0 && <span className="text-quiet">no messages yet</span>}
      </p>
    </div>
  )
}
