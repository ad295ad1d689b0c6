// The elements of forms: fields, buttons, notices and layout.

import { CrowdButton, CrowdFab, CrowdIconButton } from "./buttons.js";
import { CrowdCheckbox, CrowdRadioButton, CrowdRadioGroup, CrowdToggleButton } from "./checkboxes.js";
import { CrowdInstructions, CrowdModal } from "./dialogs.js";
import { CrowdAlert, CrowdBadge, CrowdCard, CrowdToast } from "./notices.js";
import { CrowdSlider, CrowdSliderLabel } from "./slider.js";
import { CrowdTabs } from "./tabs.js";
import { CrowdInput, CrowdTextArea } from "./text-fields.js";

// Outer elements first, because they move their children.
export const ELEMENTS = {
  "crowd-tabs": CrowdTabs,
  "crowd-modal": CrowdModal,
  "crowd-instructions": CrowdInstructions,
  "crowd-card": CrowdCard,
  "crowd-alert": CrowdAlert,
  "crowd-badge": CrowdBadge,
  "crowd-toast": CrowdToast,
  "crowd-radio-group": CrowdRadioGroup,
  "crowd-radio-button": CrowdRadioButton,
  "crowd-checkbox": CrowdCheckbox,
  "crowd-toggle-button": CrowdToggleButton,
  "crowd-input": CrowdInput,
  "crowd-text-area": CrowdTextArea,
  "crowd-slider": CrowdSlider,
  "crowd-slider-label": CrowdSliderLabel,
  "crowd-button": CrowdButton,
  "crowd-icon-button": CrowdIconButton,
  "crowd-fab": CrowdFab,
};
