// The page's beginning: ties the parts together, follows the world, and says when it has ended.

import { follow } from "./api.js";
import { startBadDay } from "./badday.js";
import { showAnswers } from "./buttons.js";
import { startChat } from "./chat.js";
import { startComposer } from "./composer.js";
import { byId } from "./dom.js";
import { startGuide } from "./guide.js";
import { learn, theWorld, whenChanged, worldName } from "./here.js";
import { startMembers } from "./members.js";
import { startNavigation } from "./navigation.js";
import { startPanel } from "./panel.js";
import { startTheme } from "./theme.js";

let retry = () => {};

startTheme();
startNavigation();
startChat();
startMembers();
startComposer();
startPanel();
startBadDay();
startGuide();
whenChanged(showAnswers);
byId("retry").addEventListener("click", () => retry());
follow(live, lost);

function live(world) {
  showLost(false);
  if (theWorld() !== null && worldName(theWorld()) !== worldName(world)) {
    // Another run of the demo: nothing that is shown is true any more.
    location.reload();
    return;
  }
  learn(world);
}

function lost(tryAgain) {
  retry = tryAgain;
  showLost(true);
}

function showLost(isLost) {
  byId("lost").hidden = !isLost;
}
