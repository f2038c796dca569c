import { workerData } from 'node:worker_threads';
import { z } from 'zod';
import { runService } from './run-service.ts';
import { serveValkey } from './serve-valkey.ts';

const { password } = z.object({ password: z.string() }).parse(workerData);

await runService((fail) => serveValkey({ password, onBroken: fail }));
