import { describe } from 'vitest';
import { ticketStoreConformance } from '../../test/conformance/ticket-store.ts';
import { memoryTicketStore } from './ticket-store.ts';

describe('tickets in memory', () => ticketStoreConformance(memoryTicketStore));
