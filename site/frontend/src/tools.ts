// Entry of fp-tools.js: the panels that most visitors do not open, loaded when one of them is.

import { fairport, type Tools } from "./bundle.ts";
import { modelsPanel } from "./panel-models.ts";
import { ownPanel } from "./panel-own.ts";
import { savePanel } from "./panel-save.ts";

fairport().tools = { models: modelsPanel, own: ownPanel, save: savePanel } satisfies Tools;
