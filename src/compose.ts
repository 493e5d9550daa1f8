export { composeController, type Composition, type ComposeParts } from './compose/compose-controller.ts';
export { openCloud, type OpenedClouds } from './compose/open-cloud.ts';
export { openEditor, openReader } from './compose/open-source.ts';
export { type FleetPlan, planFleet } from './compose/plan-fleet.ts';
