import { Bare } from './bare.jsx'
import { Drawn } from './drawn.jsx'
import { Ours } from './ours.jsx'
import { show, variant } from './show.jsx'

show({ bare: Bare, drawn: Drawn }[variant] ?? Ours)
