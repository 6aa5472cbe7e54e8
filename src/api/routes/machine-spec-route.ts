import { jsonResponse } from '../message.ts';
import type { MachineSource } from '../ports.ts';
import type { Route } from '../route.ts';

/** `/spec/`: the machine under cadvisor's old names, as kubelets before 1.21 showed it. */
export function machineSpecRoutes(ports: MachineSource): readonly Route[] {
  const handle: Route['handle'] = async () => jsonResponse(200, await ports.machineInfo());
  return ['/spec', '/spec/'].map((path) => ({ path, methods: ['GET'], handle }));
}
